// Files as people bring them, made here: a table in the code page of Russian Windows, a workbook with sheets.

/** Text in windows-1251; letters that it does not have are not asked for. */
export function windows1251(text) {
  const odd = { Ё: 0xa8, ё: 0xb8, "№": 0xb9, "«": 0xab, "»": 0xbb };
  return Buffer.from([...text].map((letter) => {
    const code = letter.codePointAt(0);
    if (code < 0x80) return code;
    if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0;
    if (odd[letter]) return odd[letter];
    throw new Error(`windows-1251 is not known here for ${letter}`);
  }));
}

const CRC = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** A zip archive whose entries are not compressed. */
function zip(entries) {
  const bodies = [];
  const directory = [];
  let offset = 0;
  for (const [path, text] of entries) {
    const [name, bytes] = [Buffer.from(path), Buffer.from(text)];
    // What both headers say: version, flags, method, time, date (1 January 1980), sum, sizes, length of the name, no extra.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), shared, name, bytes]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), shared, rest, name]));
    bodies.push(body);
    offset += body.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, listed, end]);
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const TYPES = "http://schemas.openxmlformats.org/package/2006";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

function sheetXml(rows) {
  const cell = (value, row, column) => {
    const at = `${String.fromCharCode(65 + column)}${row + 1}`;
    return typeof value === "number" ? `<c r="${at}"><v>${value}</v></c>` : `<c r="${at}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
  };
  const lines = rows.map((cells, row) => `<row r="${row + 1}">${cells.map((value, column) => cell(value, row, column)).join("")}</row>`);
  return `${HEAD}<worksheet xmlns="${SHEETS}"><sheetData>${lines.join("")}</sheetData></worksheet>`;
}

/** A workbook: sheets of `{ name, rows, hidden }`, cells that are texts or numbers. */
export function workbook(sheets) {
  const nth = sheets.map((sheet, index) => ({ ...sheet, id: index + 1 }));
  const listed = nth.map(({ id, name, hidden }) => `<sheet name="${escaped(name)}" sheetId="${id}"${hidden ? ' state="hidden"' : ""} r:id="rId${id}"/>`);
  const related = nth.map(({ id }) => `<Relationship Id="rId${id}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${id}.xml"/>`);
  const types = nth.map(({ id }) => `<Override PartName="/xl/worksheets/sheet${id}.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/>`);
  return zip([
    [
      "[Content_Types].xml",
      `${HEAD}<Types xmlns="${TYPES}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/>${types.join("")}</Types>`,
    ],
    ["_rels/.rels", `${HEAD}<Relationships xmlns="${TYPES}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ["xl/workbook.xml", `${HEAD}<workbook xmlns="${SHEETS}" xmlns:r="${OFFICE}"><sheets>${listed.join("")}</sheets></workbook>`],
    ["xl/_rels/workbook.xml.rels", `${HEAD}<Relationships xmlns="${TYPES}/relationships">${related.join("")}</Relationships>`],
    ...nth.map(({ id, rows }) => [`xl/worksheets/sheet${id}.xml`, sheetXml(rows)]),
  ]);
}
