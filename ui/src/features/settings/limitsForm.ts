//  The company's limits as they are typed, and the way to the wire and back. Holidays are a form of their own; both are sent
//  as one, so each takes what the other has from the newest answer.
import type { CompanyLimitsForm } from "../../bindings/CompanyLimitsForm";
import { Checker, type FieldIssues } from "../../components/form";

export interface LimitsValues {
  callsAtOnce: string;
  dailyBudget: string;
  numberPerDay: string;
  numberPerWeek: string;
  numberPerMonth: string;
  minimumGapMinutes: string;
}

const MAX_BUDGET = 1_000_000_000;
const text = (value: number | string | null) => (value === null ? "" : String(value));
const whole = (value: string): number | null => (value.trim() === "" ? null : Number(value));

export function limitsValues(form: CompanyLimitsForm): LimitsValues {
  return {
    callsAtOnce: text(form.callsAtOnce),
    dailyBudget: text(form.dailyBudget),
    numberPerDay: text(form.numberPerDay),
    numberPerWeek: text(form.numberPerWeek),
    numberPerMonth: text(form.numberPerMonth),
    minimumGapMinutes: text(form.minimumGapMinutes),
  };
}

export function checkLimits(values: LimitsValues): FieldIssues {
  const check = new Checker().whole("callsAtOnce", values.callsAtOnce, 1, 10_000).budget("dailyBudget", values.dailyBudget, MAX_BUDGET).whole("minimumGapMinutes", values.minimumGapMinutes, 0, 10_080);
  // A longer time must not allow less than a shorter one.
  let least = 1;
  for (const [name, most] of [["numberPerDay", 100], ["numberPerWeek", 500], ["numberPerMonth", 1_000]] as const) {
    if (values[name].trim() === "") continue;
    check.whole(name, values[name], least, most);
    if (!check.issues[name]) least = Number(values[name]);
  }
  return check.issues;
}

export function toLimitsForm(values: LimitsValues, holidays: CompanyLimitsForm["holidays"]): CompanyLimitsForm {
  const budget = values.dailyBudget.replaceAll(/\s/g, "").replace(",", ".");
  return {
    callsAtOnce: Number(values.callsAtOnce),
    dailyBudget: budget === "" ? null : budget,
    numberPerDay: whole(values.numberPerDay),
    numberPerWeek: whole(values.numberPerWeek),
    numberPerMonth: whole(values.numberPerMonth),
    minimumGapMinutes: Number(values.minimumGapMinutes),
    holidays,
  };
}
