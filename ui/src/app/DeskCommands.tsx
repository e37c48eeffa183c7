import { type UseNavigateResult, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";

import { allCommands, type DeskCommand, type Keys, useCommands } from "../components/commands";
import { prefer, preferences } from "../components/preferences";
import { platform, windowScope } from "../platform";
import { useCompany } from "../components/company";
import { openPalette, openShortcuts } from "./overlays";

const SEQUENCE_MS = 900;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable=true]") !== null;
}

function fits(keys: Keys, event: KeyboardEvent, before: string | null): boolean {
  const [first, second] = keys.codes;
  if ((keys.mod ?? false) !== (event.ctrlKey || event.metaKey) || (keys.shift ?? false) !== event.shiftKey || event.altKey) return false;
  return second === undefined ? event.code === first : before === first && event.code === second;
}

const PLACES = [
  ["live", "/", "KeyL"],
  ["campaigns", "/campaigns", "KeyC"],
  ["lists", "/lists", "KeyI"],
  ["skillbases", "/skillbases", "KeyS"],
  ["calls", "/calls", "KeyH"],
  ["analytics", "/analytics", "KeyA"],
  ["settings", "/settings", "KeyP"],
] as const;

function mainCommands(navigate: UseNavigateResult<string>): DeskCommand[] {
  return [
    ...PLACES.map(([id, to, letter]): DeskCommand => ({ id: `go-${id}`, title: `command.go.${id}`, group: "go", keys: { codes: ["KeyG", letter] }, run: () => void navigate({ to }) })),
    { id: "new-campaign", title: "command.newCampaign", group: "do", keys: { codes: ["KeyC"] }, run: () => void navigate({ to: "/campaigns/new" }) },
    { id: "go-contacts", title: "contacts.command.go", group: "go", keys: { codes: ["KeyG", "KeyB"] }, run: () => void navigate({ to: "/contacts" }) },
    { id: "go-do-not-call", title: "doNotCall.command.go", group: "go", keys: { codes: ["KeyG", "KeyD"] }, run: () => void navigate({ to: "/do-not-call" }) },
    { id: "new-contact", title: "contacts.command.create", group: "do", keys: { codes: ["KeyN"] }, run: () => void navigate({ to: "/contacts/new" }) },
    { id: "add-do-not-call", title: "doNotCall.command.add", group: "do", run: () => void navigate({ to: "/do-not-call", search: { add: true } }) },
    { id: "new-skillbase", title: "command.newSkillbase", group: "do", run: () => void navigate({ to: "/skillbases/new" }) },
  ];
}

const VIEW: readonly DeskCommand[] = [
  { id: "palette", title: "command.palette", group: "view", keys: { codes: ["KeyK"], mod: true }, run: openPalette },
  { id: "shortcuts", title: "command.shortcuts", group: "view", keys: { codes: ["Slash"], shift: true }, run: openShortcuts },
  {
    id: "search",
    title: "command.search",
    group: "view",
    keys: { codes: ["KeyF"], mod: true },
    run: () => document.querySelector<HTMLInputElement>("[data-page-search]")?.focus(),
  },
  { id: "theme", title: "command.theme", group: "view", run: () => prefer({ theme: getComputedStyle(document.documentElement).colorScheme === "dark" || preferences().theme === "dark" ? "light" : "dark" }) },
  { id: "language", title: "command.language", group: "view", run: () => prefer({ language: preferences().language === "ru" ? "en" : "ru" }) },
  { id: "density", title: "command.density", group: "view", run: () => prefer({ density: preferences().density === "compact" ? "comfortable" : "compact" }) },
];

const STOP_ALL: DeskCommand = {
  id: "stop-all",
  title: "command.stopAll",
  group: "do",
  run: () => document.querySelector<HTMLButtonElement>("[data-testid=stop-all]")?.click(),
};

/** The commands that are there on every page, and the listener that all shortcuts go through. */
export function DeskCommands() {
  const company = useCompany();
  const navigate = useNavigate();
  const { campaignId } = useParams({ strict: false });
  const commands = useMemo(() => {
    const tearOff: DeskCommand[] = campaignId === undefined ? [] : [{ id: "tear-off", title: "command.tearOff", group: "view", run: () => void platform().openCampaign(company.id, campaignId) }];
    return [...(windowScope ? [] : [...mainCommands(navigate), ...tearOff]), STOP_ALL, ...VIEW];
  }, [navigate, campaignId, company.id]);
  useCommands(commands);

  useEffect(() => {
    let before: { code: string; at: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return;
      const plain = !(event.ctrlKey || event.metaKey);
      // A dialog or a menu has the keyboard to itself; a toast, which is a dialog by its role, does not.
      const covered = document.querySelector(":is([role=dialog], [role=alertdialog]):not([data-testid=toast]), [role=menu]") !== null;
      if (plain && (isTyping(event.target) || covered || !preferences().letterKeys)) return;
      const first = before !== null && event.timeStamp - before.at < SEQUENCE_MS ? before.code : null;
      const found = allCommands().filter(({ keys }) => keys && fits(keys, event, first));
      // "G then C" goes to the campaigns; a lone "C" makes one.
      const command = found.find(({ keys }) => keys?.codes.length === 2) ?? (first === "KeyG" ? undefined : found[0]);
      before = command ? null : { code: event.code, at: event.timeStamp };
      if (!command) return;
      if (event.code === "Space" && event.target instanceof HTMLElement && event.target.closest("button, a, [role=row], [tabindex='0']")) return;
      if (command.id === "search" && !document.querySelector("[data-page-search]")) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return null;
}
