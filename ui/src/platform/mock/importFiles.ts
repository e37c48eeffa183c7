//  Call lists that were never written: what the mock host reads out of a dropped file depends on its name alone.
//  "nophone" has no column of numbers, "broken" cannot be read, "huge" has a million rows, "remembered" was seen before.
import type { ColumnRole } from "../../bindings/ColumnRole";
import type { ImportPreview } from "../../bindings/ImportPreview";
import type { ImportRow } from "../../bindings/ImportRow";
import type { LayoutChoice } from "../../bindings/LayoutChoice";
import type { PreviewColumn } from "../../bindings/PreviewColumn";
import type { RowFate } from "../../bindings/RowFate";
import { number, person } from "./world";

const CITIES = ["Москва", "Омск", "Казань", "", "Владивосток", "Самара", "Новосибирск"];
const FIRMS = ["ООО «Ромашка»", "", "ИП Смирнова", "АО «Вектор-Логистика Северо-Запад»", ""];
const DOCTORS = ["Орлова", "Беляев", "Тимошенко", "Ким"];

interface Seen {
  name: string;
  role: ColumnRole;
  confidence: number;
  cell: (n: number) => string;
}

const national = (n: number) => `8 ${number(n).slice(2, 5)} ${number(n).slice(5, 8)}-${number(n).slice(8, 10)}-${number(n).slice(10)}`;

const COLUMNS: Seen[] = [
  { name: "ФИО", role: "name", confidence: 0.99, cell: (n) => person(n) ?? "" },
  { name: "Телефон", role: "phone", confidence: 0.98, cell: (n) => (n % 9 === 4 ? national(n) : number(n)) },
  { name: "Доп. номер", role: "phone", confidence: 0.55, cell: (n) => (n % 6 === 0 ? number(n + 4_000) : "") },
  { name: "Компания", role: "company", confidence: 0.95, cell: (n) => FIRMS[n % FIRMS.length] ?? "" },
  { name: "Город", role: "zone", confidence: 0.78, cell: (n) => CITIES[n % CITIES.length] ?? "" },
  { name: "E-mail", role: "email", confidence: 0.97, cell: (n) => (n % 4 === 0 ? "" : `client${n}@example.com`) },
  { name: "Комментарий менеджера после прошлого разговора", role: "notes", confidence: 0.72, cell: (n) => (n % 5 === 0 ? "Просил звонить после обеда, по четвергам недоступен" : "") },
  { name: "Врач", role: "extra", confidence: 0.5, cell: (n) => DOCTORS[n % DOCTORS.length] ?? "" },
];

export const rowCount = (fileName: string) => (fileName.includes("huge") ? 1_000_000 : 1_240);

function columnsOf(fileName: string): Seen[] {
  return fileName.includes("nophone") ? COLUMNS.map((column) => (column.role === "phone" ? { ...column, role: "extra", confidence: 0.3 } : column)) : COLUMNS;
}

export const columnNames = (fileName: string) => columnsOf(fileName).map((column) => column.name);
export const guessedRoles = (fileName: string) => columnsOf(fileName).map((column) => column.role);
export const cellsOf = (n: number) => COLUMNS.map((column) => column.cell(n));

function damaged(text: string): string {
  return [...text].map((letter) => (/[а-яё]/i.test(letter) ? "\u{fffd}" : letter)).join("");
}

export function preview(fileName: string, choice: LayoutChoice): ImportPreview {
  const workbook = /\.(xlsx|xls|ods)$/i.test(fileName);
  const headerRow = choice.headerRow ?? 1;
  const encoding = workbook ? null : (choice.encoding ?? "windows-1251");
  const delimiter = workbook ? null : (choice.delimiter ?? ";");
  const show = (cells: string[]) => {
    const read = encoding === "UTF-8" ? cells.map(damaged) : cells;
    return delimiter === null || delimiter === ";" ? read : [read.join(";")];
  };
  const whole = columnsOf(fileName);
  const split = delimiter === null || delimiter === ";";
  const column = ({ name, role, confidence, cell }: Seen, index: number): PreviewColumn => ({
    name: headerRow === 0 ? `Column ${index + 1}` : name,
    named: headerRow !== 0,
    samples: [...new Set(Array.from({ length: 40 }, (_, n) => cell(n)))].filter((value) => value !== "").slice(0, 3),
    role: headerRow === 0 && role !== "phone" && role !== "email" ? "extra" : role,
    confidence: headerRow === 0 ? confidence * 0.8 : confidence,
  });
  const one: PreviewColumn = { name: whole.map(({ name }) => name).join(";"), named: true, samples: [], role: "extra", confidence: 0.2 };
  const total = rowCount(fileName);
  return {
    fileName,
    fileBytes: total * 74,
    kind: workbook ? fileName.split(".").pop()?.toLowerCase() ?? "xlsx" : "csv",
    encoding,
    encodings: workbook ? [] : ["UTF-8", "UTF-16LE", "UTF-16BE", "windows-1251", "KOI8-R", "IBM866"],
    delimiter,
    sheets: workbook ? [{ name: "Контакты", hidden: false }, { name: "Филиалы", hidden: false }, { name: "служебный", hidden: true }] : [],
    sheet: workbook ? (choice.sheet ?? "Контакты") : null,
    headerRow,
    columns: split ? whole.map(column) : [one],
    firstRows: Array.from({ length: 50 }, (_, n) => ({ line: headerRow + 1 + n, cells: show(cellsOf(n)) })),
    randomRows: Array.from({ length: 50 }, (_, n) => ({ line: workbook ? 2 + ((n * 997) % total) : null, cells: show(cellsOf(60 + n * 23)) })),
    estimatedRows: total,
    remembered: fileName.includes("remembered"),
  };
}

const REASONS: Record<RowFate, readonly [reason: string, field: string, value: (n: number) => string][]> = {
  ready: [["", "Телефон", number]],
  known: [["", "Телефон", number]],
  fixed: [
    ["trunkPrefix", "Телефон", national],
    ["countryAdded", "Телефон", (n) => number(n).slice(2)],
    ["severalNumbers", "Телефон", (n) => `${number(n)}; ${number(n + 7)}`],
    ["extension", "Телефон", (n) => `${number(n)} доб. 12`],
    ["exponent", "Телефон", (n) => `${number(n)[1]}.${number(n).slice(2)}E+10`],
    ["zeroFraction", "Телефон", (n) => `${number(n).slice(1)}.0`],
    ["internationalPrefix", "Телефон", (n) => `810${number(n).slice(1)}`],
  ],
  duplicate: [["duplicateInFile", "Телефон", number]],
  in_campaign: [["duplicateInCampaign", "Телефон", number]],
  do_not_call: [["doNotCall", "Телефон", number]],
  invalid: [
    ["phoneEmpty", "Телефон", () => ""],
    ["phoneDamaged", "Телефон", () => "7,91655E+10"],
    ["phoneTooShort", "Телефон", () => "555-11"],
    ["phoneInvalid", "Телефон", () => "+7 000 000-00-00"],
    ["phoneLookalike", "Телефон", (n) => `+7 91б ${number(n).slice(5, 8)}-О${number(n).slice(9, 10)}-11`],
    ["phoneNotAllowed", "Телефон", () => "112"],
    ["nameTooLong", "ФИО", () => "Иванова Мария Александровна, замужем, двое детей, звонить только вечером, ".repeat(4)],
    ["zoneAmbiguous", "Город", () => "Москва / Омск"],
  ],
  ignored: [
    ["totalRow", "ФИО", () => "Итого: 1240"],
    ["instructionRow", "ФИО", () => "Инструкция: замените примеры своими контактами"],
  ],
};

/** The nth row of a fate. */
export function rowOf(fate: RowFate, n: number): ImportRow {
  const kinds = REASONS[fate];
  const [reason, field, value] = kinds[n % kinds.length] ?? ["", "", () => ""];
  const index = 3 + n * 11;
  const cells = cellsOf(index);
  const stood = value(index);
  cells[field === "ФИО" ? 0 : field === "Город" ? 4 : 1] = stood;
  return { line: 2 + n * 3, fate, reason: reason === "" ? null : reason, field, value: stood, phone: ["ready", "known", "fixed", "duplicate", "in_campaign", "do_not_call"].includes(fate) ? number(index) : null, cells };
}
