import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Ban, FileUp, Plus, Trash2 } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Pages, query, rpc, usePages } from "../../api";
import type { DoNotCallEntry } from "../../bindings/DoNotCallEntry";
import { Button, IconButton } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Failure } from "../../components/Failure";
import { Empty, Loading } from "../../components/Feedback";
import { SelectField } from "../../components/form";
import { Page } from "../../components/Page";
import { ListsTabs } from "../../components/PageTabs";
import { useFailure } from "../../components/useErrorText";
import { useFormat } from "../../components/useFormat";
import { type ImportFile, platform } from "../../platform";
import { None } from "../../table/Cells";
import { type RowChoice, useChoice } from "../../table/choice";
import { type Column, DataTable } from "../../table/DataTable";
import { FilterBar, SearchInput } from "../../table/Filters";
import { SelectionBar } from "../../table/SelectionBar";
import styles from "./Contacts.module.css";
import { patternText } from "./patternText";
import { SaveMenu } from "./ExportMenu";
import { ForbidDialog } from "./ForbidDialog";
import { ForbidFileDialog } from "./ForbidFileDialog";
import { useAllow } from "./useAllow";

const ALL = "all";
const entryId = (entry: DoNotCallEntry) => entry.id;

function Table({ pages, choice, onAllow }: { pages: Pages<DoNotCallEntry>; choice: RowChoice<DoNotCallEntry>; onAllow: (entry: DoNotCallEntry) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo(
    (): Column<DoNotCallEntry>[] => [
      {
        id: "number",
        header: t("doNotCall.column.number"),
        width: "minmax(208px, 1.1fr)",
        cell: (entry) => (
          <>
            <span className={styles.strong}>{patternText(entry)}</span> {entry.kind === "prefix" ? <small className={styles.soft}>{t("doNotCall.kind.prefix")}</small> : null}
          </>
        ),
      },
      { id: "scope", header: t("doNotCall.column.scope"), width: "minmax(140px, 1.2fr)", cell: (entry) => (entry.campaignName ? <span title={entry.campaignName}>{entry.campaignName}</span> : t("doNotCall.everywhere")) },
      { id: "source", header: t("doNotCall.column.source"), spare: true, width: "176px", cell: (entry) => t(`doNotCall.source.${entry.source}`) },
      { id: "note", header: t("doNotCall.column.note"), width: "minmax(128px, 1.6fr)", cell: (entry) => (entry.note ? <span title={entry.note}>{entry.note}</span> : <None />) },
      { id: "since", header: t("doNotCall.column.since"), width: "124px", cell: (entry) => <span title={format.dateTime(entry.createdAt)}>{format.moment(entry.createdAt)}</span> },
      { id: "allow", header: "", width: "48px", align: "end", cell: (entry) => <IconButton label={t("doNotCall.allow")} size="small" icon={<Trash2 />} onClick={() => onAllow(entry)} data-testid="allow" /> },
    ],
    [t, format, onAllow],
  );
  return (
    <DataTable label={t("contacts.tab.doNotCall")} testid="do-not-call" columns={columns} rows={pages.rows} rowId={entryId} onLook={pages.look} choice={choice} {...(pages.total === undefined ? {} : { total: pages.total })} />
  );
}

function Filters({ total }: { total: number | undefined }) {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const search = useSearch({ from: "/do-not-call" });
  const campaigns = useQuery(query("campaign_list", { companyId: company.id, states: [], skillbaseId: null, search: null, cursor: null, limit: 200 }));
  const set = useCallback((change: Record<string, unknown>) => void navigate({ to: "/do-not-call", search: (old) => ({ ...old, ...change }), replace: true }), [navigate]);
  const find = useCallback((q: string) => set({ q }), [set]);
  return (
    <FilterBar count={total === undefined ? undefined : t("doNotCall.count", { count: total })}>
      <SearchInput value={search.q ?? ""} label={t("doNotCall.search")} onChange={find} />
      <div className={styles.select}>
        <SelectField
          id="do-not-call-campaign"
          name="campaign"
          label={t("doNotCall.column.scope")}
          value={search.campaign ?? ALL}
          issue={undefined}
          onBlur={() => undefined}
          onChange={(next) => set({ campaign: next === ALL ? undefined : next })}
          choices={[{ value: ALL, label: t("doNotCall.allScopes") }, ...(campaigns.data?.items ?? []).map((item) => ({ value: item.id, label: item.form.name }))]}
        />
      </div>
    </FilterBar>
  );
}

export function DoNotCall() {
  const { t } = useTranslation();
  const { language } = useFormat();
  const company = useCompany();
  const navigate = useNavigate();
  const failed = useFailure();
  const allow = useAllow();
  const search = useSearch({ from: "/do-not-call" });
  const filter = useMemo(() => ({ campaignId: search.campaign ?? null, search: search.q ?? null }), [search.campaign, search.q]);
  const pages = usePages("do_not_call_list", { companyId: company.id, ...filter });
  const label = useCallback((entry: DoNotCallEntry) => t("contacts.choose", { name: patternText(entry) }), [t]);
  // Entries are removed by their ids, so only rows that are here count as chosen.
  const { choice, selection, clear } = useChoice({ rows: pages.rows, rowId: entryId, total: undefined, filter: JSON.stringify(filter), label, allLabel: t("contacts.chooseLoaded") });
  const chosen = useMemo(() => pages.rows.filter(({ id }) => selection.ids.has(id)), [pages.rows, selection]);
  const [file, setFile] = useState<ImportFile | null>(null);

  const setAdding = (add: boolean) => void navigate({ to: "/do-not-call", search: (old) => ({ ...old, add: add ? true : undefined }) as typeof old, replace: true });
  const pick = () =>
    platform()
      .pickFile()
      .then((picked) => (picked ? setFile(picked) : undefined))
      .catch((thrown: unknown) => failed(t("doNotCall.file.pickFailed"), thrown));
  const allowOne = useCallback((entry: DoNotCallEntry) => void allow([entry]), [allow]);
  const filtered = search.q !== undefined || search.campaign !== undefined;
  const empty = !pages.loading && !pages.error && pages.rows.length === 0;
  const add = (
    <Button variant="primary" icon={<Plus />} onClick={() => setAdding(true)} data-testid="add-entries">
      {t("doNotCall.add")}
    </Button>
  );
  return (
    <Page
      title={t("rail.lists")}
      testid="page-do-not-call"
      scroll={false}
      state={pages.loading ? "loading" : "ready"}
      tabs={<ListsTabs />}
      actions={
        <>
          {pages.rows.length > 0 ? <SaveMenu ask={(format) => rpc("do_not_call_export", { companyId: company.id, format, language })} /> : null}
          <Button icon={<FileUp />} onClick={() => void pick()} data-testid="forbid-pick">
            {t("doNotCall.file.pick")}
          </Button>
          {add}
        </>
      }
    >
      <div className={styles.tab}>
        {empty && !filtered ? null : <Filters total={pages.total} />}
        {pages.error && pages.rows.length === 0 ? <Failure error={pages.error} onRetry={pages.retry} /> : null}
        {pages.loading ? (
          <div className={styles.pad}>
            <Loading rows={8} />
          </div>
        ) : null}
        {empty && filtered ? <Empty icon={Ban} title={t("common.nothingFound")} text={t("doNotCall.noMatch")} action={<Link to="/do-not-call">{t("common.clearFilters")}</Link>} /> : null}
        {empty && !filtered ? <Empty icon={Ban} title={t("doNotCall.empty")} text={t("doNotCall.emptyText")} action={add} /> : null}
        {pages.rows.length > 0 ? <Table pages={pages} choice={choice} onAllow={allowOne} /> : null}
        {chosen.length > 0 ? (
          <SelectionBar label={t("contacts.chosenActions")} count={t("doNotCall.chosen", { count: chosen.length })} clearLabel={t("contacts.unchoose")} onClear={clear}>
            <Button size="small" icon={<Trash2 />} onClick={() => void allow(chosen).then((done) => (done ? clear() : undefined))} data-testid="bulk-allow">
              {t("doNotCall.allowMany", { count: chosen.length })}
            </Button>
          </SelectionBar>
        ) : null}
      </div>
      {search.add === true ? <ForbidDialog onClose={() => setAdding(false)} /> : null}
      {file ? <ForbidFileDialog file={file} onClose={() => setFile(null)} /> : null}
    </Page>
  );
}
