//  What any browser does with files and tabs, whatever answers the commands.
import type { FilePurpose } from "../bindings/FilePurpose";
import type { SavedFile } from "../bindings/SavedFile";
import type { DropEvent, ImportFile } from "./types";

const ACCEPT: Record<FilePurpose, string> = {
  call_list: ".csv,.tsv,.xlsx,.xlsm,.xlsb,.xls,.ods",
  skillbase: ".json,.yaml,.yml",
  knowledge: ".txt,.md,.markdown,.pdf,.docx",
};

export function onBrowserDrop(handler: (event: DropEvent) => void): () => void {
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
  const over = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    handler({ type: "over" });
  };
  const leave = (event: DragEvent) => {
    // Only leaving the window has no related target; moving between elements does.
    if (event.relatedTarget === null) handler({ type: "leave" });
  };
  const drop = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    handler({ type: "drop", files: files.map((file) => ({ name: file.name, file })) });
  };
  window.addEventListener("dragover", over);
  window.addEventListener("dragleave", leave);
  window.addEventListener("drop", drop);
  return () => {
    window.removeEventListener("dragover", over);
    window.removeEventListener("dragleave", leave);
    window.removeEventListener("drop", drop);
  };
}

export function pickBrowserFile(purpose: FilePurpose = "call_list"): Promise<ImportFile | null> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ACCEPT[purpose];
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      resolve(file ? { name: file.name, file } : null);
    });
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}

export function saveInBrowser(file: SavedFile): void {
  if (file.contentBase64 === null) return;
  const bytes = Uint8Array.from(atob(file.contentBase64), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: /\.csv$/i.test(file.fileName) ? "text/csv;charset=utf-8" : "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file.fileName;
  link.click();
  // The download starts after this task; revoking at once would cancel it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
