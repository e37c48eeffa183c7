//  Items in an order that matters: added, removed and moved with the mouse (pointer events, not HTML5 drag and drop,
//  which the desktop's file drop excludes) and with the keyboard. Every move is said to a screen reader.
import { GripVertical, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, memo, type PointerEvent, type ReactNode, useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../../../components/Button";
import { insert, join, move, remove } from "../model/path";
import { useEdit, useProblem, useValue } from "./context";
import { IssueNote } from "./IssueNote";
import styles from "./Parts.module.css";

interface Props {
  /** Of the list. */
  path: string;
  /** Says one item, for its buttons: "Rule 3". */
  itemName: (index: number) => string;
  addLabel: string;
  /** What a new item is. */
  fresh: () => unknown;
  /** The fields of one item. */
  item: (path: string, index: number) => ReactNode;
  max?: number;
  /** Shown in place of an empty list. */
  empty?: string;
  /** Items that are more than one field stand apart. */
  framed?: boolean;
  testid: string;
}

interface RowProps {
  path: string;
  index: number;
  count: number;
  name: string;
  framed: boolean;
  lifted: boolean;
  render: (path: string, index: number) => ReactNode;
  onMove: (from: number, to: number) => void;
  onRemove: (index: number) => void;
  onLift: (index: number | null) => void;
}

const Row = memo(function Row({ path, index, count, name, framed, lifted, render, onMove, onRemove, onLift }: RowProps) {
  const { t } = useTranslation();
  const drag = useRef<{ at: number } | null>(null);

  const onPointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { at: index };
    onLift(index);
  };
  const onPointerMove = (event: PointerEvent<HTMLButtonElement>) => {
    const now = drag.current;
    const list = event.currentTarget.closest("ul");
    if (!now || !list) return;
    const rows = [...list.children].map((row) => row.getBoundingClientRect());
    const below = rows[now.at + 1];
    const above = rows[now.at - 1];
    const to = below && event.clientY > below.top + below.height / 2 ? now.at + 1 : above && event.clientY < above.top + above.height / 2 ? now.at - 1 : now.at;
    if (to === now.at) return;
    onMove(now.at, to);
    now.at = to;
    onLift(to);
  };
  const onPointerEnd = () => {
    drag.current = null;
    onLift(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const grip = event.currentTarget.dataset["grip"] !== undefined;
    if (!event.altKey && !grip) return;
    const to = event.code === "ArrowUp" ? index - 1 : event.code === "ArrowDown" ? index + 1 : index;
    if (to === index || to < 0 || to >= count) return;
    event.preventDefault();
    onMove(index, to);
    const list = event.currentTarget.closest("ul");
    const wanted = grip ? "[data-grip]" : "textarea, input";
    requestAnimationFrame(() => list?.children[to]?.querySelector<HTMLElement>(wanted)?.focus());
  };
  return (
    <li className={styles.item} data-framed={framed || undefined} data-lifted={lifted || undefined} data-testid="list-item">
      <button
        type="button"
        className={styles.grip}
        data-grip=""
        aria-label={t("editor.list.move", { item: name })}
        title={t("editor.list.moveHelp")}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerEnd}
        onPointerCancel={onPointerEnd}
        onKeyDown={onKeyDown}
      >
        <GripVertical aria-hidden />
      </button>
      <div className={styles.itemBody} role="presentation" onKeyDown={onKeyDown}>
        {render(join(path, index), index)}
      </div>
      <IconButton label={t("editor.list.remove", { item: name })} size="small" icon={<Trash2 />} onClick={() => onRemove(index)} data-testid="list-remove" />
    </li>
  );
});

export function ListEditor({ path, itemName, addLabel, fresh, item, max, empty, framed = false, testid }: Props) {
  const { t } = useTranslation();
  const count = useValue<readonly unknown[]>(path).length;
  const problem = useProblem(path);
  const edit = useEdit();
  const list = useRef<HTMLUListElement>(null);
  const [lifted, setLifted] = useState<number | null>(null);
  const [said, setSaid] = useState("");
  const onMove = useCallback(
    (from: number, to: number) => {
      edit.change(path, (root) => move(root, path, from, to));
      setSaid(t("editor.list.moved", { from: from + 1, to: to + 1 }));
    },
    [edit, path, t],
  );
  const onRemove = useCallback(
    (index: number) => {
      edit.change(path, (root) => remove(root, path, index));
      setSaid(t("editor.list.removed", { index: index + 1 }));
      requestAnimationFrame(() => {
        const rows = list.current?.children;
        const next = rows?.[Math.min(index, rows.length - 1)];
        (next?.querySelector<HTMLElement>("textarea, input, [data-grip]") ?? document.querySelector<HTMLElement>(`[data-testid="add-${testid}"]`))?.focus();
      });
    },
    [edit, path, t, testid],
  );
  const add = () => {
    edit.change(path, (root) => insert(root, path, count, fresh()));
    requestAnimationFrame(() => list.current?.lastElementChild?.querySelector<HTMLElement>("textarea, input")?.focus());
  };
  return (
    <div className={styles.list} data-testid={`list-${testid}`} data-field={path} tabIndex={-1}>
      {count === 0 && empty ? <p className={styles.emptyList}>{empty}</p> : null}
      <ul ref={list}>
        {Array.from({ length: count }, (_, index) => (
          <Row key={index} path={path} index={index} count={count} name={itemName(index)} framed={framed} lifted={lifted === index} render={item} onMove={onMove} onRemove={onRemove} onLift={setLifted} />
        ))}
      </ul>
      <div className={styles.listFoot}>
        <Button size="small" icon={<Plus />} disabled={max !== undefined && count >= max} onClick={add} data-testid={`add-${testid}`}>
          {addLabel}
        </Button>
        {max !== undefined && count >= max * 0.8 && max > 3 ? <span className={styles.quiet}>{t("editor.used", { used: count, max })}</span> : null}
      </div>
      {problem ? <IssueNote problem={problem} /> : null}
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </div>
  );
}
