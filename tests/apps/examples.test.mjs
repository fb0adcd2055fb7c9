// The examples without a router, as they stand in the repository: only their configuration is that of the local Cognito of the tests.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { consumer, runIn, serverIn } from "./lib/consumer.mjs";
import { signInAndOut } from "./lib/journey.mjs";
import { screenshot } from "./lib/screenshots.mjs";
import { serveFolder } from "./lib/serve.mjs";
import { COMPLETE, told } from "./lib/words.mjs";

const TSC = "typescript/bin/tsc";
const VITE = "vite/bin/vite.js";
const world = useWorld({ app: false });

/** What checks the types of each. @type {Record<string, string>} */
const CHECKS = {
  vue: "vue-tsc/bin/vue-tsc.js",
  svelte: "svelte-check/bin/svelte-check",
};

/**
 * What comes after the installation.
 * @param {string} name
 */
async function start(name) {
  const folder = await consumer(`example-${name}`, {
    templates: [`examples/${name}`, "tests/apps/example"],
  });
  await runIn(folder, CHECKS[name] ?? TSC, []);
  // React runs effects twice in development alone.
  if (name === "react") return serverIn(folder, VITE, ["--port", "0"]);
  if (name === "plain-html") return serveFolder(folder);
  await runIn(folder, VITE, ["build"]);
  return serveFolder(join(folder, "dist"));
}

describe("examples", { timeout: 20 * HANGS_MS }, () => {
  for (const name of ["react", "vue", "svelte", "plain-html"])
    test(name, async (t) => {
      const site = await start(name);
      t.after(site.close);
      await signInAndOut(world, t, `${site.origin}/`, {
        between: (page) => screenshot(page, `${name}-in`),
        tells: (page) => told(page, COMPLETE),
        after: async (page) => {
          await screenshot(page, name);
          // Nothing waits for who comes next.
          assert.equal(await page.inputValue("[name=password]"), "");
        },
      });
    });
});
