import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../../api";
import type { ImportPhase } from "../../bindings/ImportPhase";
import { useCompany } from "../company";
import { toast } from "../toasts";
import { isWorking, pollOfList } from "./counting";

/** Says that an import has come to its end while somebody was elsewhere. */
export function useNews(): void {
  const { t } = useTranslation();
  const company = useCompany();
  const router = useRouter();
  const navigate = useNavigate();
  const seen = useRef(new Map<string, ImportPhase>());
  const { data } = useQuery({
    ...query("import_list", { companyId: company.id, campaignId: null }),
    refetchInterval: ({ state }) => pollOfList(state.data?.items),
  });
  useEffect(() => {
    for (const { callListId, fileName, phase } of data?.items ?? []) {
      const before = seen.current.get(callListId);
      const ended = before !== undefined && isWorking(before) && (phase === "checked" || phase === "committed" || phase === "failed");
      if (!ended || router.state.location.pathname.includes(callListId)) continue;
      toast(t(`import.news.${phase}`, { file: fileName }), {
        label: t("import.news.open"),
        run: () => void navigate({ to: "/lists/imports/$callListId", params: { callListId } }),
      });
    }
    seen.current = new Map(data?.items.map(({ callListId, phase }) => [callListId, phase]));
  }, [data, router, navigate, t]);
}
