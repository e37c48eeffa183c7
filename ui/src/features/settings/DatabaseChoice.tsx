import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { IpcError, send, toIpcError } from "../../api";
import type { DatabaseForm } from "../../bindings/DatabaseForm";
import type { DatabaseStatus } from "../../bindings/DatabaseStatus";
import type { DatabaseTest } from "../../bindings/DatabaseTest";
import { Button } from "../../components/Button";
import { InlineFailure } from "../../components/Failure";
import { Banner } from "../../components/Feedback";
import { Checker, NumberField, SwitchField, TextField, useForm } from "../../components/form";
import { toast } from "../../components/toasts";
import { useFailure } from "../../components/useErrorText";
import { SettingsForm } from "./parts";
import styles from "./Settings.module.css";

interface Values {
  host: string;
  port: string;
  database: string;
  user: string;
  password: string;
  requireTls: boolean;
  caFile: string;
}

const EMPTY: Values = { host: "", port: "5432", database: "callboard", user: "", password: "", requireTls: true, caFile: "" };

const check = (values: Values) =>
  new Checker().text("host", values.host, 1, 255).whole("port", values.port, 1, 65_535).text("database", values.database, 1, 63).text("user", values.user, 1, 63).issues;

const toForm = (values: Values): DatabaseForm => ({
  ...values,
  host: values.host.trim(),
  port: Number(values.port),
  caFile: values.caFile.trim() === "" ? null : values.caFile.trim(),
});

function TestResult({ test }: { test: DatabaseTest }) {
  const { t } = useTranslation();
  if (test.error) return <InlineFailure error={new IpcError(test.error)} />;
  return (
    <div className={styles.result} data-testid="database-test" data-state={test.ok ? "ok" : "refused"}>
      <Banner tone={test.ok ? "good" : "failure"}>{t(test.hasSchema ? "database.testOld" : "database.testNew", { version: test.serverVersion ?? "" })}</Banner>
    </div>
  );
}

/** The shared database's form with its test, and the way back to the embedded one. */
export function DatabaseChoice({ database }: { database: DatabaseStatus }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const failed = useFailure();
  const form = useForm<Values>({ initial: EMPTY, check });
  const [test, setTest] = useState<DatabaseTest | null>(null);
  const [busy, setBusy] = useState<"test" | "embedded" | null>(null);

  const tryIt = async () => {
    setBusy("test");
    setTest(null);
    await form.submit(async (values) => setTest(await send(client, "database_test", toForm(values))));
    setBusy(null);
  };
  const connect = () =>
    void form.submit(async (values) => {
      await send(client, "database_connect", toForm(values));
      toast(t("database.connected", { database: values.database, host: values.host }));
    });
  const goBack = async () => {
    setBusy("embedded");
    try {
      await send(client, "database_use_embedded", {});
      toast(t("database.embeddedAgain"));
    } catch (thrown) {
      failed(t("database.embeddedFailed"), toIpcError(thrown));
    } finally {
      setBusy(null);
    }
  };
  const usable = database.kind === "shared" || database.state !== "ready";
  return (
    <>
      {usable ? (
        <div className={styles.stack} style={{ marginBottom: 24, alignItems: "flex-start" }}>
          <p>{t("database.embeddedHelp")}</p>
          <Button busy={busy === "embedded"} onClick={() => void goBack()} data-testid="use-embedded">
            {t(database.kind === "shared" ? "database.useEmbedded" : "database.retryEmbedded")}
          </Button>
        </div>
      ) : null}
      <SettingsForm
        form={form}
        testid="database-form"
        onSave={connect}
        always
        saveLabel={t("database.connect")}
        extra={
          <Button busy={busy === "test"} onClick={() => void tryIt()} data-testid="database-test-button">
            {t("database.test")}
          </Button>
        }
      >
        <h3>{t("database.shared")}</h3>
        <div className={styles.host}>
          <TextField {...form.bind("host")} label={t("database.host")} spellCheck={false} />
          <NumberField {...form.bind("port")} label={t("database.port")} />
        </div>
        <TextField {...form.bind("database")} label={t("database.name")} spellCheck={false} />
        <div className={styles.two}>
          <TextField {...form.bind("user")} label={t("database.user")} spellCheck={false} />
          <TextField {...form.bind("password")} type="password" label={t("database.password")} autoComplete="new-password" />
        </div>
        <SwitchField {...form.bind("requireTls")} label={t("database.tls")} help={t("database.tlsHelp")} />
        <TextField {...form.bind("caFile")} label={t("database.caFile")} help={t("database.caFileHelp")} mono spellCheck={false} />
        {test ? <TestResult test={test} /> : null}
      </SettingsForm>
    </>
  );
}
