import { GitMerge, Phone, Tag, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ContactSelection } from "../../bindings/ContactSelection";
import { Button } from "../../components/Button";
import { SelectionBar } from "../../table/SelectionBar";
import { CallDialog } from "./CallDialog";
import { DeleteDialog } from "./DeleteDialog";
import { ExportMenu } from "./ExportMenu";
import { MergeDialog } from "./MergeDialog";
import { TagDialog } from "./TagDialog";

export type BulkAction = "call" | "tag" | "merge" | "delete";

/** More than these are no longer the same person, and nobody could compare them. */
const MOST_MERGED = 20;

interface BarProps {
  count: number;
  all: boolean;
  /** Chosen, but not among the rows of the table. */
  unseen: number;
  more: { total: number; run: () => void } | undefined;
  selection: ContactSelection;
  onAsk: (action: BulkAction) => void;
  onClear: () => void;
}

export function BulkBar({ count, all, unseen, more, selection, onAsk, onClear }: BarProps) {
  const { t } = useTranslation();
  return (
    <SelectionBar
      label={t("contacts.chosenActions")}
      count={all ? t("contacts.allChosen", { count }) : t("contacts.chosen", { count })}
      note={unseen > 0 ? t("contacts.unseen", { count: unseen }) : undefined}
      more={more ? { label: t("contacts.chooseAll", { count: more.total }), run: more.run } : undefined}
      clearLabel={t("contacts.unchoose")}
      onClear={onClear}
    >
      <Button variant="primary" size="small" icon={<Phone />} onClick={() => onAsk("call")} data-testid="bulk-call">
        {t("contacts.call.button")}
      </Button>
      <Button size="small" icon={<Tag />} onClick={() => onAsk("tag")} data-testid="bulk-tag">
        {t("contacts.tag.button")}
      </Button>
      {selection.type === "ids" && count >= 2 && count <= MOST_MERGED ? (
        <Button size="small" icon={<GitMerge />} onClick={() => onAsk("merge")} data-testid="bulk-merge">
          {t("contacts.merge.button")}
        </Button>
      ) : null}
      <ExportMenu selection={selection} small />
      <Button variant="danger" size="small" icon={<Trash2 />} onClick={() => onAsk("delete")} data-testid="bulk-delete">
        {t("contacts.delete.button")}
      </Button>
    </SelectionBar>
  );
}

interface DialogProps {
  action: BulkAction;
  selection: ContactSelection;
  count: number;
  onClose: () => void;
  /** It was done; what was chosen is settled. */
  onDone: () => void;
}

export function BulkDialog({ action, ...rest }: DialogProps) {
  if (action === "call") return <CallDialog {...rest} />;
  if (action === "tag") return <TagDialog {...rest} />;
  if (action === "delete") return <DeleteDialog {...rest} />;
  return rest.selection.type === "ids" ? <MergeDialog ids={rest.selection.ids} onClose={rest.onClose} onDone={rest.onDone} /> : null;
}
