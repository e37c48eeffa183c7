import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowRight, Megaphone, Settings2, Zap } from "lucide-react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { query } from "../api";
import { type DeskCommand, fuzzyScore, otherLayout, useAllCommands } from "../components/commands";
import { useCompany } from "../components/company";
import dialog from "../components/Dialog.module.css";
import { Kbd } from "../components/Kbd";
import { i18next } from "../i18n";
import { windowScope } from "../platform";
import { closeOverlay, useOverlay } from "./overlays";
import styles from "./Shell.module.css";

const ICONS = { go: ArrowRight, do: Zap, view: Settings2 };

interface Option {
  id: string;
  text: string;
  hay: string;
  kind: DeskCommand["group"] | "campaign";
  command?: DeskCommand;
  run: () => void;
}

function List() {
  const { t } = useTranslation();
  const company = useCompany();
  const navigate = useNavigate();
  const commands = useAllCommands();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const campaigns = useQuery({
    ...query("campaign_list", { companyId: company.id, states: [], skillbaseId: null, search: null, cursor: null, limit: 50 }),
    enabled: windowScope === null,
  });

  const options = useMemo(() => {
    const all: Option[] = [
      ...commands
        .filter(({ id }) => id !== "palette")
        .map((command): Option => {
          const both = ["en", "ru"].map((lng) => i18next.t(command.title, { ...command.params, lng }));
          return { id: command.id, text: t(command.title, command.params ?? {}), hay: both.join(" "), kind: command.group, command, run: command.run };
        }),
      ...(campaigns.data?.items ?? []).map(
        (campaign): Option => ({
          id: campaign.id,
          text: campaign.form.name,
          hay: campaign.form.name,
          kind: "campaign",
          run: () => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } }),
        }),
      ),
    ];
    const score = ({ hay }: Option) => Math.max(fuzzyScore(hay, typed), fuzzyScore(hay, otherLayout(typed)));
    return all
      .map((option) => ({ option, value: score(option) }))
      .filter(({ value }) => value > 0)
      .toSorted((a, b) => b.value - a.value)
      .slice(0, 40)
      .map(({ option }) => option);
  }, [commands, campaigns.data, typed, t, navigate]);

  const current = Math.min(at, Math.max(0, options.length - 1));
  const run = (option: Option | undefined) => {
    if (!option) return;
    closeOverlay();
    // The dialog gives the focus back first; a command may want it elsewhere.
    setTimeout(option.run, 0);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (step !== undefined) setAt((current + step + options.length) % Math.max(1, options.length));
    else if (event.code === "Enter") run(options[current]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={options[current] ? `palette-${options[current].id}` : undefined}
        aria-label={t("palette.placeholder")}
        placeholder={t("palette.placeholder")}
        value={typed}
        data-testid="palette-input"
        onKeyDown={onKey}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <div className={styles.options} role="listbox" id="palette-list" aria-label={t("palette.open")}>
        {options.map((option, index) => {
          const Icon = option.kind === "campaign" ? Megaphone : ICONS[option.kind];
          return (
            <div
              key={option.id}
              id={`palette-${option.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === current}
              data-testid={`palette-${option.id}`}
              ref={(element) => (index === current ? element?.scrollIntoView({ block: "nearest" }) : undefined)}
              onMouseMove={() => setAt(index)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => run(option)}
              onKeyDown={onKey}
            >
              <Icon aria-hidden />
              <span>{option.text}</span>
              {option.kind === "campaign" ? <small>{t("palette.campaign")}</small> : null}
              {option.command?.keys ? <Kbd keys={option.command.keys} /> : null}
            </div>
          );
        })}
      </div>
      {options.length === 0 ? <p className={styles.nothing}>{t("common.nothingFound")}</p> : null}
    </>
  );
}

export function Palette() {
  const { t } = useTranslation();
  const open = useOverlay() === "palette";
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? undefined : closeOverlay())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={styles.palette} aria-label={t("palette.open")} data-testid="palette">
          <List />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
