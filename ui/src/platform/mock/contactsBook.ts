//  Two thousand pretended people, the same at every start.
import type { ContactView } from "../../bindings/ContactView";
import type { DoNotCallEntry } from "../../bindings/DoNotCallEntry";
import type { Outcome } from "../../bindings/Outcome";
import { ago, campaigns, uuid } from "./world";

const WOMEN = ["Анна", "Мария", "Ольга", "Елена", "Наталья", "Татьяна", "Ирина", "Светлана", "Екатерина", "Юлия"];
const MEN = ["Пётр", "Иван", "Сергей", "Дмитрий", "Алексей", "Андрей", "Михаил", "Николай", "Владимир", "Артём"];
const FAMILIES = ["Кузнецов", "Волков", "Соколов", "Петров", "Лебедев", "Морозов", "Новиков", "Козлов", "Павлов", "Семёнов", "Голубев", "Виноградов", "Богданов", "Воробьёв"];
const ENGLISH = ["Emily Carter", "James O'Neill", "Sophia Brandt", "Maximilian von Hohenfels-Wittgenstein", "Aigerim Suleimenova"];
const COMPANIES = ["ООО «Ромашка»", "Клиника «Север»", "ИП Сидоров", "АО «Волжские электрические сети и энергосбыт Поволжья»", "Northwind Ltd."];
const TAGS = ["VIP", "вечером", "второй ребёнок", "должник", "ждёт справку", "перезвонить", "пилот", "постоянный", "Тверская", "филиал на Ленинском"];
const OUTCOMES: Outcome[] = ["success", "no_answer", "success", "callback", "refusal", "voicemail", "busy", "invalid_number"];

interface Region {
  code: string;
  zones: string[];
}

/** A mobile code says little about the place, so such a number may be anywhere in the country. */
const REGIONS: Region[] = [
  { code: "+7495", zones: ["Europe/Moscow"] },
  { code: "+7383", zones: ["Asia/Novosibirsk"] },
  { code: "+7343", zones: ["Asia/Yekaterinburg"] },
  { code: "+7916", zones: ["Europe/Moscow"] },
  { code: "+7423", zones: ["Asia/Vladivostok"] },
  { code: "+7800", zones: ["Asia/Kamchatka", "Asia/Novosibirsk", "Asia/Yekaterinburg", "Europe/Kaliningrad", "Europe/Moscow"] },
  { code: "+7916", zones: ["Europe/Moscow"] },
  { code: "+7777", zones: ["Asia/Almaty"] },
  { code: "+1212", zones: ["America/New_York"] },
];

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T;

function name(n: number): string | null {
  if (n % 11 === 10) return null;
  if (n % 37 === 5) return pick(ENGLISH, n);
  const family = pick(FAMILIES, n * 7 + Math.floor(n / 14));
  return n % 2 === 0 ? `${pick(WOMEN, n * 3 + Math.floor(n / 10))} ${family}а` : `${pick(MEN, n * 3 + Math.floor(n / 10))} ${family}`;
}

export function contact(n: number): ContactView {
  const region = pick(REGIONS, n * 5 + Math.floor(n / 9));
  const called = n % 3 !== 0;
  const said = n % 17 === 3;
  const unknown = n % 29 === 7;
  return {
    id: uuid(40_000 + n),
    phone: `${region.code}${String(1_000_000 + ((n * 7_919 + 31) % 8_999_999)).padStart(7, "0")}`,
    otherPhones: n % 13 === 1 ? [`+7916${String(2_000_000 + n * 311)}`] : [],
    name: name(n),
    email: n % 4 === 1 ? `client${n}@example.org` : null,
    organization: n % 5 === 2 ? pick(COMPANIES, n) : null,
    notes: n % 19 === 1 ? "Просит звонить после шести вечера." : null,
    tags: [pick(TAGS, n), pick(TAGS, n * 3 + 1), pick(TAGS, n + 5)].slice(0, [0, 1, 2, 0, 3][n % 5]).filter((tag, index, all) => all.indexOf(tag) === index),
    zones: unknown ? [] : said ? ["Asia/Omsk"] : region.zones,
    zoneSource: unknown ? "campaign" : said ? "column" : "number",
    data: n % 3 === 1 ? { филиал: "Тверская", врач: "Орлова" } : {},
    revision: 1 + (n % 3),
    createdAt: ago(3_600 * 5 * (n + 1)),
    lastCallAt: called ? ago(900 + n * 1_301) : null,
    lastOutcome: called ? pick(OUTCOMES, n) : null,
    calls: called ? 1 + (n % 4) : 0,
  };
}

export const book = (): ContactView[] => Array.from({ length: 2_000 }, (_, n) => contact(n));

export function forbidden(): DoNotCallEntry[] {
  const notes = ["Попросил больше не звонить", null, "Жалоба от 3 ноября, ответ направлен письмом", "стоп-лист_2026.xlsx", null];
  const numbers = Array.from({ length: 42 }, (_, n): DoNotCallEntry => {
    const campaign = n % 7 === 3 ? campaigns[n % 3] : undefined;
    return {
      id: uuid(60_000 + n),
      campaignId: campaign?.id ?? null,
      campaignName: campaign?.form.name ?? null,
      kind: "number",
      pattern: contact(n * 31 + 4).phone,
      source: (["call", "person", "person", "file", "call"] as const)[n % 5] ?? "person",
      note: notes[n % notes.length] ?? null,
      createdAt: ago(3_000 + n * 40_000),
    };
  });
  const prefix: DoNotCallEntry = { id: uuid(60_900), campaignId: null, campaignName: null, kind: "prefix", pattern: "+7800", source: "person", note: "Справочные и горячие линии", createdAt: ago(86_400 * 9) };
  return [...numbers.slice(0, 3), prefix, ...numbers.slice(3)];
}
