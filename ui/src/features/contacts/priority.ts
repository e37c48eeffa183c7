//  Why a contact's tasks stand where they stand, as one sentence made of the parts of the sum.
import type { TFunction } from "i18next";

import type { PriorityView } from "../../bindings/PriorityView";

/** With a real minus, so that −10 does not read as a dash and a ten. */
function signed(points: number): string {
  return points < 0 ? `\u2212${-points}` : `+${points}`;
}

export function prioritySentence(t: TFunction, { total, parts }: PriorityView): string {
  if (parts.length === 0) return t("priority.none");
  const named = parts.map(({ rule, count, points }) => t("priority.part", { what: t(`priority.rule.${rule}`, { count }), points: signed(points) }));
  const sum = parts.reduce((all, { points }) => all + points, 0);
  return t(sum < total ? "priority.floor" : "priority.sentence", { total, parts: named.join(", ") });
}
