import { useTranslation } from "react-i18next";

import { type DeskCommand, useAllCommands } from "../components/commands";
import { Dialog } from "../components/Dialog";
import { Kbd } from "../components/Kbd";
import { closeOverlay, useOverlay } from "./overlays";
import styles from "./Shell.module.css";

const GROUPS: readonly DeskCommand["group"][] = ["do", "go", "view"];

/** Moves in tables are no commands of the registry; they belong to the table that has the focus. */
const TABLE_KEYS = [
  { title: "command.table.down", keys: { codes: ["KeyJ"] as const } },
  { title: "command.table.up", keys: { codes: ["KeyK"] as const } },
  { title: "command.table.open", keys: { codes: ["Enter"] as const } },
  { title: "contacts.keys.choose", keys: { codes: ["Space"] as const } },
  { title: "contacts.keys.range", keys: { codes: ["Space"] as const, shift: true } },
  { title: "contacts.keys.all", keys: { codes: ["KeyA"] as const, mod: true } },
];

export function ShortcutSheet() {
  const { t } = useTranslation();
  const commands = useAllCommands().filter(({ keys }) => keys);
  const open = useOverlay() === "shortcuts";
  return (
    <Dialog open={open} onClose={closeOverlay} title={t("shortcuts.title")} testid="shortcuts">
      {GROUPS.map((group) => (
        <section key={group} className={styles.sheetGroup}>
          <h3>{t(`shortcuts.${group}`)}</h3>
          <ul>
            {commands
              .filter((command) => command.group === group)
              .map((command) => (
                <li key={command.id}>
                  {t(command.title, command.params ?? {})}
                  {command.keys ? <Kbd keys={command.keys} /> : null}
                </li>
              ))}
          </ul>
        </section>
      ))}
      <section className={styles.sheetGroup}>
        <h3>{t("shortcuts.table")}</h3>
        <ul>
          {TABLE_KEYS.map(({ title, keys }) => (
            <li key={title}>
              {t(title)}
              <Kbd keys={keys} />
            </li>
          ))}
        </ul>
      </section>
    </Dialog>
  );
}
