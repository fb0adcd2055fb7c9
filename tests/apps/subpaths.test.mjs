// Each entry of the package resolves, is bundled and runs in a page: what it exports there is what it exports in Node.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { must } from "../../scripts/lib/run.mjs";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { bundle } from "./lib/bundlers.mjs";
import { consumer } from "./lib/consumer.mjs";
import { complaints } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";

const TEMPLATES = ["tests/apps/page"];
const world = useWorld({ app: false });

// Rollup can't bundle aws-amplify or React, which these import, without settings that are the app's business.
const LEFT_OUT = {
  rollup: ["cognito-signout/amplify", "cognito-signout/react"],
};

/** A module that imports all entries and does something with what they export. @param {string[]} entries */
const moduleOf = (entries) => `
${entries.map((entry, i) => `import * as entry${i} from "${entry}";`).join("\n")}
const exported = {
${entries.map((entry, i) => `"${entry}": Object.keys(entry${i}).sort(),`).join("\n")}
};`;

describe("entries", { timeout: 20 * HANGS_MS }, () => {
  /** @type {string[]} */
  let entries = [];
  /** @type {Record<string, string[]>} */
  let inNode = {};
  before(async () => {
    const folder = await consumer("entries", { templates: TEMPLATES });
    const manifest = await readFile(
      join(folder, "node_modules/cognito-signout/package.json"),
      "utf8",
    );
    entries = Object.keys(JSON.parse(manifest).exports)
      .filter((path) => !/\.(json|wasm)$/.test(path))
      .map((path) => join("cognito-signout", path));
    assert.ok(entries.includes("cognito-signout"));
    await writeFile(
      join(folder, "entries.mjs"),
      `${moduleOf(entries)}\nconsole.log(JSON.stringify(exported));`,
    );
    inNode = JSON.parse(
      await must(process.execPath, ["entries.mjs"], { cwd: folder }),
    );
  });

  for (const name of /** @type {const} */ ([
    "vite",
    "webpack",
    "rollup",
    "esbuild",
  ]))
    test(name, async (t) => {
      const folder = await consumer(`entries-${name}`, {
        templates: TEMPLATES,
      });
      /** @type {string[]} */
      const leftOut = name === "rollup" ? LEFT_OUT[name] : [];
      const own = entries.filter((entry) => !leftOut.includes(entry));
      await writeFile(
        join(folder, "src/index.js"),
        `${moduleOf(own)}\nglobalThis.exported = exported;`,
      );
      const { site: made } = await bundle(name, folder);
      const site = await serveFolder(made);
      t.after(site.close);
      const { page } = await world.visitor(t, {
        origin: site.origin,
        path: "",
      });
      const seen = complaints(page);
      await page.goto(`${site.origin}/`);
      const exported = await page.waitForFunction(
        () => /** @type {any} */ (globalThis).exported,
      );
      assert.deepEqual(
        await exported.jsonValue(),
        Object.fromEntries(own.map((entry) => [entry, inNode[entry]])),
      );
      assert.deepEqual(seen, []);
    });
});
