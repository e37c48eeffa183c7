import type { TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { type IpcError, toIpcError } from "../api";
import { camel } from "./camel";
import { failureToast } from "./toasts";

/** The words for an error: what happened, why, what to do. An unknown code is said in the host's English. */
export function errorText(t: TFunction, error: IpcError): string {
  if (error.code === "line_not_usable") {
    const fault = error.params["fault"];
    const reason = fault ? t(`errors.line.${fault}`, { defaultValue: "" }) : "";
    if (reason !== "") return t("errors.line_not_usable", { reason });
  }
  if (error.code === "provider_failed") {
    const text = t(`errors.provider.${camel(error.params["fault"] ?? "")}`, { ...error.params, defaultValue: "" });
    if (text !== "") return text;
  }
  return t(`errors.${error.code}`, { ...error.params, defaultValue: error.message });
}

export function useErrorText(): (error: IpcError) => string {
  const { t } = useTranslation();
  return useCallback((error) => errorText(t, error), [t]);
}

/** Says in a toast that something somebody asked for did not happen. */
export function useFailure(): (title: string, thrown: unknown) => void {
  const text = useErrorText();
  return useCallback(
    (title, thrown) => {
      const error = toIpcError(thrown);
      failureToast(title, text(error), error.incident);
    },
    [text],
  );
}
