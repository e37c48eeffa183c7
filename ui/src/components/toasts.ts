//  What somebody just did, with a way back. A lasting state is a banner, not a toast.
import { Toast } from "@base-ui/react/toast";

export interface ToastData {
  undo?: { label: string; run: () => void };
  incident?: string | null;
}

export const toastManager = Toast.createToastManager<ToastData>();

const SHOWN_MS = 5_000;
/** Undo stays as long as the expectation in the field: ten seconds. */
const UNDO_MS = 10_000;

export function toast(title: string, undo?: ToastData["undo"]): void {
  toastManager.add({ title, timeout: undo ? UNDO_MS : SHOWN_MS, data: undo ? { undo } : {} });
}

export function failureToast(title: string, description: string, incident: string | null): void {
  toastManager.add({ title, description, type: "failure", priority: "high", timeout: 12_000, data: { incident } });
}

/** What has just happened by itself, with the way to it. An alarm stays until somebody has seen it. */
export function noticeToast(level: "info" | "warning" | "alarm", title: string, description: string, open: NonNullable<ToastData["undo"]>): void {
  toastManager.add({ title, description, type: level === "info" ? "info" : level === "alarm" ? "failure" : "warning", priority: level === "alarm" ? "high" : "low", timeout: level === "alarm" ? 0 : UNDO_MS, data: { undo: open } });
}
