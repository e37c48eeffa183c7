//  Notices in words, where each of them leads, and the toast for one that has just come.
import { type UseNavigateResult, useNavigate } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { NoticePage } from "../bindings/NoticePage";
import type { NoticeView } from "../bindings/NoticeView";
import { useCompany } from "../components/company";
import { noticeToast } from "../components/toasts";
import { useFormat } from "../components/useFormat";
import type { Format } from "../i18n/format";

export interface NoticeWords {
  title: string;
  detail: string;
}

/** Figures of the sentence that a notice carries; one that it lacks leaves its clause out. */
export function noticeWords(t: TFunction, format: Format, currency: string, { kind, params }: Pick<NoticeView, "kind" | "params">): NoticeWords {
  const text = (name: string) => params[name] ?? "";
  const amount = (name: string) => (params[name] === undefined ? "" : format.money({ amount: text(name), currency: params["currency"] ?? currency }));
  const moment = (name: string) => (params[name] === undefined || text(name) === "" ? "" : format.moment(text(name)));
  const scope = params["scope"] ?? (params["line"] === undefined ? "campaign" : "trunk");
  const line = params["line"] === undefined ? null : t(`line.${text("line")}`, { defaultValue: text("line") });
  const clauses = [
    line,
    params["cause"] === undefined ? null : t(`breakerCause.${text("cause")}`, { defaultValue: text("cause") }),
    params["spent"] === undefined ? null : t("notices.clause.spent", { spent: amount("spent"), limit: amount("limit") }),
    params["fault"] === undefined ? null : t(`errors.line.${text("fault")}`, { defaultValue: text("fault") }),
    params["rate"] === undefined ? null : t("notices.clause.rate", { rate: format.number(Number(text("rate")), 1), limit: text("limit") }),
    params["to"] === undefined ? null : t("notices.clause.allowed", { from: text("from"), to: text("to") }),
    params["version"] === undefined ? null : t("notices.clause.version", { version: text("version") }),
    moment("promisedAt") === "" ? null : t("notices.clause.promisedAt", { at: moment("promisedAt") }),
    moment("until") === "" ? null : t(kind === "breaker_opened" ? "notices.clause.retryAt" : "notices.clause.until", { at: moment("until") }),
  ].filter((clause) => clause !== null);
  return { title: t([`notices.${kind}_${scope}`, `notices.${kind}`]), detail: clauses.join(" · ") };
}

export function useNoticeWords(): (notice: Pick<NoticeView, "kind" | "params">) => NoticeWords {
  const { t } = useTranslation();
  const company = useCompany();
  const format = useFormat(company.timeZone);
  return useCallback((notice) => noticeWords(t, format, company.currency, notice), [t, format, company.currency]);
}

function openNotice(navigate: UseNavigateResult<string>, notice: NoticeView): void {
  const ofTrunk = notice.params["scope"] === "trunk" || notice.kind === "trunk_slowed" || notice.kind === "trunk_recovered";
  if (notice.campaignId !== null) void navigate({ to: "/campaigns/$campaignId/$tab", params: { campaignId: notice.campaignId, tab: "overview" } });
  else if (ofTrunk) void navigate({ to: "/settings/$section", params: { section: "trunks" } });
  else if (notice.kind === "no_worker" || notice.params["fault"] !== undefined) void navigate({ to: "/settings/$section", params: { section: "line" } });
  else void navigate({ to: "/settings/$section", params: { section: "limits" } });
}

/** Leads to the campaign or the trunk that a notice is about. */
export function useOpenNotice(): (notice: NoticeView) => void {
  const navigate = useNavigate();
  return useCallback((notice) => openNotice(navigate, notice), [navigate]);
}

/** Those that came since the window was opened, oldest first. */
export function newNotices(page: NoticePage, since: string): NoticeView[] {
  return page.items.filter(({ at, readAt }) => readAt === null && at > since).toReversed();
}

/** Says what has just happened; what was there before the window was opened waits in the inbox. */
export function useNoticeToasts(page: NoticePage | undefined, navigate: UseNavigateResult<string>): void {
  const { t } = useTranslation();
  const words = useNoticeWords();
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (!page) return;
    const newest = page.items[0]?.at ?? "";
    if (seen.current !== null) {
      for (const notice of newNotices(page, seen.current)) {
        const { title, detail } = words(notice);
        noticeToast(notice.level, title, [notice.campaignName, detail].filter(Boolean).join(" · "), { label: t("notices.open"), run: () => openNotice(navigate, notice) });
      }
    }
    if (seen.current === null || newest > seen.current) seen.current = newest;
  }, [page, words, t, navigate]);
}
