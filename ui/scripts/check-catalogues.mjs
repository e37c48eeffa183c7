import { problems } from "./catalogues.mjs";

const found = problems();
for (const problem of found) process.stderr.write(`${problem}\n`);
process.exitCode = found.length === 0 ? 0 : 1;
