//  Imports of the mock host: a check that takes some seconds, its rows, the commit and taking it back.
import type { CampaignView } from "../../bindings/CampaignView";
import type { ImportCounts } from "../../bindings/ImportCounts";
import type { ImportPhase } from "../../bindings/ImportPhase";
import type { ImportView } from "../../bindings/ImportView";
import type { IpcError } from "../../bindings/IpcError";
import type { RowFate } from "../../bindings/RowFate";
import type { Command, Request, Response } from "../../api/rpc";
import { columnNames, guessedRoles, preview, rowCount, rowOf } from "./importFiles";
import { ago, uuid } from "./world";

interface World {
  campaign: (id: string) => CampaignView;
  putCampaign: (campaign: CampaignView) => void;
  refuse: (code: IpcError["code"], more?: Partial<IpcError>) => IpcError;
  empty: boolean;
}

interface Kept {
  view: ImportView;
  /** The work under way: since when, how long it takes, what it leads to. */
  work: { since: number; milliseconds: number; to: ImportPhase } | null;
}

const CHECK_MS = 4_000;
const COMMIT_MS = 2_500;
const NOTHING: ImportCounts = { total: 0, ready: 0, fixed: 0, known: 0, duplicate: 0, inCampaign: 0, doNotCall: 0, invalid: 0, ignored: 0 };

function countsOf(total: number): ImportCounts {
  const part = (share: number) => Math.round(total * share);
  const counts = { total, ready: 0, fixed: part(0.084), known: part(0.051), duplicate: part(0.009), inCampaign: part(0.018), doNotCall: part(0.004), invalid: part(0.011), ignored: Math.min(1, total) };
  return { ...counts, ready: total - counts.fixed - counts.known - counts.duplicate - counts.inCampaign - counts.doNotCall - counts.invalid - counts.ignored };
}

const made = ({ ready, fixed, known }: ImportCounts) => ready + fixed + known;

const FIELD: Record<RowFate, keyof ImportCounts> = { ready: "ready", fixed: "fixed", known: "known", duplicate: "duplicate", in_campaign: "inCampaign", do_not_call: "doNotCall", invalid: "invalid", ignored: "ignored" };

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const base = (n: number, campaign: CampaignView, fileName: string, seconds: number): ImportView => ({
  callListId: uuid(n),
  campaignId: campaign.id,
  campaignName: campaign.form.name,
  fileName,
  phase: "checking",
  progress: null,
  counts: NOTHING,
  created: 0,
  reusedContacts: 0,
  uncalled: 0,
  columns: columnNames(fileName),
  roles: guessedRoles(fileName),
  damagedText: false,
  error: null,
  createdAt: ago(seconds),
  finishedAt: null,
});

function past({ campaign, refuse }: World): Kept[] {
  const counts = countsOf(1_240);
  const settled = (view: ImportView): Kept => ({ view: { ...view, finishedAt: view.createdAt }, work: null });
  const committed = { phase: "committed", counts, created: made(counts), reusedContacts: counts.known, uncalled: made(counts) } as const;
  const at = (n: number, campaignId: number, fileName: string, seconds: number) => base(n, campaign(uuid(campaignId)), fileName, seconds);
  return [
    { view: at(900, 101, "пациенты-huge-ноябрь.csv", 40), work: { since: Date.now(), milliseconds: 90_000, to: "checked" } },
    { view: { ...at(901, 104, "вакцинация.xlsx", 900), phase: "checked", counts: { ...counts } }, work: null },
    settled({ ...at(902, 103, "новогодняя рассылка, все филиалы Москвы и области, итоговая версия 3 (исправлено).xlsx", 7_200), ...committed }),
    settled({ ...at(903, 100, "контакты.csv", 90_000), ...committed, uncalled: 712 }),
    settled({ ...at(904, 105, "октябрь.csv", 2_600_000), ...committed, counts: countsOf(1_000_000), created: made(countsOf(1_000_000)), uncalled: 0 }),
    settled({ ...at(905, 102, "leads.tsv", 180_000), phase: "undone", counts }),
    settled({ ...at(906, 102, "leads-старые.csv", 181_000), phase: "cancelled" }),
    settled({ ...at(907, 102, "сломан.xlsx", 260_000), phase: "failed", error: refuse("unreadable_file", { params: { reason: "the archive is damaged" } }) }),
  ];
}

type Handlers = { [K in Command]?: (request: Request<K>) => Response<K> };

export function importHandlers(world: World): Handlers {
  const { campaign, putCampaign, refuse } = world;
  let imports: Kept[] = world.empty ? [] : past(world);
  let last = 950;

  const find = (id: string): Kept => {
    const found = imports.find(({ view }) => view.callListId === id);
    if (!found) throw refuse("not_found");
    settle(found);
    return found;
  };

  function settle(kept: Kept): void {
    const { work, view } = kept;
    if (!work) return;
    const rows = rowCount(view.fileName);
    const share = Math.min(1, (Date.now() - work.since) / work.milliseconds);
    const perSecond = (1_000 * rows) / work.milliseconds;
    if (share < 1) {
      kept.view = { ...view, progress: { rows: Math.floor(rows * share), share, rowsPerSecond: perSecond, secondsLeft: (rows * (1 - share)) / perSecond } };
      return;
    }
    kept.work = null;
    if (work.to === "checked") {
      kept.view = { ...view, phase: "checked", progress: null, counts: countsOf(rows) };
      return;
    }
    const created = made(view.counts);
    const into = campaign(view.campaignId);
    putCampaign({ ...into, counts: { ...into.counts, total: into.counts.total + created, pending: into.counts.pending + created } });
    kept.view = { ...view, phase: "committed", progress: null, created, reusedContacts: view.counts.known, uncalled: created, finishedAt: ago(0) };
  }

  const nameOf = (source: Request<"import_preview">["source"]) => (source.type === "upload" ? source.fileName : source.path);

  return {
    import_preview: ({ source, choice }) => {
      const name = nameOf(source);
      if (name.includes("broken")) throw refuse("unreadable_file", { params: { reason: "the archive is damaged" } });
      if (!/\.(csv|tsv|txt|xlsx|xls|ods)$/i.test(name)) throw refuse("unsupported_format");
      return preview(name, choice);
    },
    import_check: ({ source, campaignId, roles, choice }) => {
      const name = nameOf(source);
      last += 1;
      const view = { ...base(last, campaign(campaignId), name, 0), roles: roles.length > 0 ? roles : guessedRoles(name), damagedText: choice.encoding === "UTF-8" };
      imports = [{ view, work: { since: Date.now(), milliseconds: CHECK_MS, to: "checked" } }, ...imports];
      return view;
    },
    import_get: ({ callListId }) => find(callListId).view,
    import_list: ({ campaignId }) => {
      imports.forEach(settle);
      return { items: imports.map(({ view }) => view).filter((view) => campaignId === null || view.campaignId === campaignId) };
    },
    import_cancel: ({ callListId }) => {
      const kept = find(callListId);
      if (kept.view.phase === "checking" || kept.view.phase === "checked") {
        kept.view = { ...kept.view, phase: "cancelled", progress: null, finishedAt: ago(0) };
        kept.work = null;
      }
      return {};
    },
    import_commit: ({ callListId }) => {
      const kept = find(callListId);
      if (kept.view.phase !== "checked") throw refuse("conflict");
      kept.view = { ...kept.view, phase: "committing" };
      kept.work = { since: Date.now(), milliseconds: COMMIT_MS, to: "committed" };
      return kept.view;
    },
    import_undo: ({ callListId, uncalledOnly }) => {
      const kept = find(callListId);
      const { created, uncalled, reusedContacts } = kept.view;
      if (!uncalledOnly && uncalled < created) throw refuse("in_use", { params: { count: String(created - uncalled) } });
      kept.view = uncalled === created ? { ...kept.view, phase: "undone", uncalled: 0 } : { ...kept.view, uncalled: 0 };
      return { removedTasks: uncalled, keptTasks: created - uncalled, removedContacts: Math.max(0, uncalled - reusedContacts) };
    },
    import_rows: ({ callListId, fate, cursor, limit }) => {
      const { view } = find(callListId);
      const count = view.counts[FIELD[fate]];
      const from = Number(cursor ?? 0);
      const next = Math.min(count, from + limit);
      return { items: Array.from({ length: next - from }, (_, n) => rowOf(fate, from + n)), nextCursor: next < count ? String(next) : null };
    },
    import_rejects_save: () => ({ fileName: "rejects.xlsx", path: null, contentBase64: base64("not a workbook: the mock host writes none") }),
    template_save: ({ kind, format }) => ({ fileName: `${kind}.${format}`, path: null, contentBase64: base64("phone,name\n") }),
    figures_save: ({ title }) => ({ fileName: `${title}.xlsx`, path: null, contentBase64: base64("figures") }),
    task_export: ({ format, campaignId }) => ({ fileName: `${campaign(campaignId).form.name}.${format}`, path: null, contentBase64: base64("phone,name\n") }),
  };
}
