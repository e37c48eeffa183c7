import { useQuery } from "@tanstack/react-query";

import { query } from "../../api";
import { useCompany } from "../company";
import { pollOf } from "./counting";

/** An import as it is now; asked for again while it is being worked on, then left to the live stream. */
export function useImportView(callListId: string) {
  const company = useCompany();
  return useQuery({ ...query("import_get", { companyId: company.id, callListId }), refetchInterval: ({ state }) => pollOf(state.data) });
}
