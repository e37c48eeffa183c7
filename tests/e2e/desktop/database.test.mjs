import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { by, journey } from "./desk.mjs";
import { startShared } from "./postgres.mjs";
import { until } from "./wd.mjs";

const PASSWORD = "right-password";

journey("a wrong password of a shared database is a readable refusal, the right one opens it", async ({ start, data }) => {
  const shared = await startShared(data, PASSWORD);
  try {
    const desk = await start();
    const { session } = desk;
    await desk.setUp();
    await session.click(by("nav-settings"));
    await session.click('a[href="/settings/database"]');
    await session.type(by("field-host"), "127.0.0.1");
    await session.type(by("field-port"), String(shared.port));
    await session.type(by("field-database"), "postgres");
    await session.type(by("field-user"), "callboard");
    await session.type(by("field-password"), "wrong-password");
    await session.click(by("field-requireTls"));
    await session.click(by("database-test-button"));
    await session.see(`${by("form-error")}[data-state="database_refused"]`);
    const words = await session.text(by("form-error"));
    assert.match(words, /password/i, "it says what is wrong");
    assert.doesNotMatch(words, /wrong-password|sqlx|28P01/, "and neither the password nor the inside of the program");

    await session.type(by("field-password"), PASSWORD);
    await session.click(by("database-test-button"));
    await session.see(`${by("database-test")}[data-state="ok"]`);
    await session.click(`${by("database-form")} ${by("save")}`);
    await until("the shared database", async () => {
      const { database } = await session.rpc("app_info", {});
      return database.kind === "shared" && database.state === "ready";
    }, 30_000);
    await session.see(by("setup"), 20_000);
  } finally {
    await shared.stop();
  }
});

journey("a desk whose shared database refuses says so and offers the way out", async ({ start, data }) => {
  const shared = await startShared(data, PASSWORD);
  try {
    // As it is left behind where there is no keyring: the place is known, the password is not.
    const place = { host: "127.0.0.1", port: shared.port, database: "postgres", user: "callboard", requireTls: false, caFile: null };
    writeFileSync(join(data, "settings.json"), JSON.stringify({ sharedDatabase: place }));
    const { session } = await start();
    await session.see(by("database-trouble"), 30_000);
    assert.match(await session.text(by("database-trouble")), /127\.0\.0\.1/);
    await session.click(by("use-embedded"));
    await session.see(by("setup"), 30_000);
  } finally {
    await shared.stop();
  }
});
