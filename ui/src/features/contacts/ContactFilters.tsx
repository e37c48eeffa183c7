import { Toggle } from "@base-ui/react/toggle";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronDown, X } from "lucide-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import { Button } from "../../components/Button";
import { useCompany } from "../../components/company";
import { Menu } from "../../components/Menu";
import filters from "../../table/Filters.module.css";
import { Chips, FilterBar, SearchInput } from "../../table/Filters";
import { CALLED } from "./contactFilter";

/** More labels than these go into a menu; the chosen ones are always in sight. */
const TAGS_IN_SIGHT = 3;

function ImportChip({ callListId, onClear }: { callListId: string; onClear: () => void }) {
  const { t } = useTranslation();
  const company = useCompany();
  const { data } = useQuery(query("import_get", { companyId: company.id, callListId }));
  return (
    <Toggle pressed onPressedChange={onClear} className={filters.chip} data-testid="chip-import">
      {t("contacts.fromImport", { file: data?.fileName ?? "…" })}
      <X aria-hidden size={13} />
    </Toggle>
  );
}

export function ContactFilters({ count }: { count: number | undefined }) {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const search = useSearch({ from: "/contacts" });
  const { data } = useQuery(query("contact_tags", { companyId: company.id }));
  const set = useCallback((change: Record<string, unknown>) => void navigate({ to: "/contacts", search: (old) => ({ ...old, ...change }), replace: true }), [navigate]);
  const find = useCallback((q: string) => set({ q }), [set]);
  const chosen = search.tags ?? [];
  const all = [...new Set([...chosen, ...(data?.items ?? [])])];
  const inSight = all.slice(0, Math.max(TAGS_IN_SIGHT, chosen.length)).toSorted((a, b) => a.localeCompare(b));
  const rest = all.filter((tag) => !inSight.includes(tag));
  return (
    <FilterBar count={count === undefined ? undefined : t("contacts.count", { count })}>
      <SearchInput value={search.q ?? ""} label={t("contacts.search")} onChange={find} />
      <Chips label={t("contacts.column.calls")} values={CALLED} chosen={CALLED.filter((one) => one === search.called)} name={(one) => t(`contacts.called.${one}`)} onChange={(next) => set({ called: next.at(-1) })} />
      {inSight.length > 0 ? <Chips label={t("contacts.column.tags")} values={inSight} chosen={chosen} name={(tag) => tag} onChange={(tags) => set({ tags })} /> : null}
      {rest.length > 0 ? (
        <Menu
          label={t("contacts.moreTags")}
          trigger={
            <Button variant="ghost" size="small" icon={<ChevronDown />} data-testid="more-tags">
              {t("contacts.moreTags")}
            </Button>
          }
          items={rest.map((tag) => ({ id: `tag-${tag}`, label: tag, run: () => set({ tags: [...chosen, tag] }) }))}
        />
      ) : null}
      {search.list ? <ImportChip callListId={search.list} onClear={() => set({ list: undefined })} /> : null}
    </FilterBar>
  );
}
