import type { ErrorComponentProps } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { useTranslation } from "react-i18next";

import { toIpcError } from "../api";
import { Failure } from "../components/Failure";
import { Empty } from "../components/Feedback";

/** A page fell over; the rest of the desk stays. */
export function RouteFailure({ error, reset }: ErrorComponentProps) {
  return <Failure error={toIpcError(error)} onRetry={reset} />;
}

export function NotFound() {
  const { t } = useTranslation();
  return <Empty icon={Compass} title={t("notFound.title")} text={t("notFound.text")} action={<Link to="/">{t("notFound.home")}</Link>} />;
}
