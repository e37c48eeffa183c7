import { Check, CircleAlert, Hourglass, ListChecks, LoaderCircle, type LucideIcon, Undo2, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ImportPhase } from "../../bindings/ImportPhase";
import { Badge, type Tone } from "../status/Badges";

const PHASE: Record<ImportPhase, [Tone, LucideIcon]> = {
  checking: ["running", LoaderCircle],
  checked: ["paused", ListChecks],
  committing: ["running", Hourglass],
  committed: ["completed", Check],
  undone: ["draft", Undo2],
  cancelled: ["draft", X],
  failed: ["failed", CircleAlert],
};

export function PhaseBadge({ phase }: { phase: ImportPhase }) {
  const { t } = useTranslation();
  const [tone, icon] = PHASE[phase];
  return <Badge tone={tone} icon={icon} state={phase} text={t(`importPhase.${phase}`)} />;
}
