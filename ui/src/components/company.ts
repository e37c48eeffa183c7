import { createContext, useContext } from "react";

import type { CompanyView } from "../bindings/CompanyView";

export const CompanyContext = createContext<CompanyView | null>(null);

/** The company whose desk this is. */
export function useCompany(): CompanyView {
  const company = useContext(CompanyContext);
  if (!company) throw new Error("There is no company outside of the shell.");
  return company;
}
