// The public API of each entry is what its reviewed report in docs/api says, so that a change of it is seen in a diff.
// `UPDATE_DOCS=1 node --test tests/docs/api.test.mjs` writes the reports.
import { CompilerState, Extractor } from "@microsoft/api-extractor";
import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { inRoot, workDir } from "../../scripts/lib/paths.mjs";
import { extractorConfig } from "../../scripts/lib/types.mjs";

const REPORTS = inRoot("docs/api");
const localBuild = process.env.UPDATE_DOCS !== undefined;

const { exports } = JSON.parse(await readFile(inRoot("package.json"), "utf8"));
const entries = Object.keys(exports)
  .filter((entry) => !/\.(json|wasm)$/.test(entry))
  .map((entry) => (entry === "." ? "index" : entry.slice(2)));

await mkdir(REPORTS, { recursive: true });

/** @param {string} entry */
const typesOf = (entry) => inRoot(`dist/${entry}.d.ts`);

// The main entry is another package to the others, whose types their reports don't repeat.
const main = `${workDir}/api/node_modules/cognito-signout/index.d.ts`;
await cp(typesOf("index"), main);

/** @param {string} entry */
const configOf = (entry) =>
  extractorConfig({
    mainEntryPointFilePath: typesOf(entry),
    compiler: {
      overrideTsconfig: {
        extends: "./tests/types/tsconfig.json",
        compilerOptions: { paths: { "cognito-signout": [main] } },
      },
    },
    dtsRollup: { enabled: false },
    apiReport: {
      enabled: true,
      reportFileName: entry,
      reportFolder: REPORTS,
      reportTempFolder: `${workDir}/api`,
    },
  });

// One reading of the types for all.
const compilerState = CompilerState.create(configOf("index"), {
  additionalEntryPoints: entries.map(typesOf),
});

/** @param {string} entry */
function compare(entry) {
  /** @type {string[]} */
  const messages = [];
  const { succeeded } = Extractor.invoke(configOf(entry), {
    compilerState,
    localBuild,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === "error" || message.logLevel === "warning")
        messages.push(message.text);
    },
  });
  return { succeeded, messages };
}

for (const entry of entries)
  test(`the API of ${entry} is as reviewed`, () => {
    const { succeeded, messages } = compare(entry);
    assert.ok(
      succeeded,
      `${messages.join("\n")}\n(UPDATE_DOCS=1 node --test tests/docs/api.test.mjs writes the reports)`,
    );
  });

test("no report is left of an entry that is gone", async () => {
  assert.deepEqual(
    (await readdir(REPORTS)).filter((name) => name.endsWith(".api.md")).sort(),
    entries.map((entry) => `${entry}.api.md`).sort(),
  );
});
