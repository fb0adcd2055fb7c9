// The examples without a router, as they stand in the repository: only their configuration is that of the local Cognito.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { consumer, runIn, serverIn } from "./lib/consumer.mjs";
import { signInAndOut } from "./lib/journey.mjs";
import { screenshot } from "./lib/screenshots.mjs";
import { serveFolder } from "./lib/serve.mjs";

const VITE = "vite/bin/vite.js";
const world = useWorld({ app: false });

/**
 * What comes after the installation.
 * @param {string} name
 * @param {string} folder
 */
async function start(name, folder) {
  // React runs effects twice in development alone.
  if (name === "react") return serverIn(folder, VITE, ["--port", "0"]);

  if (name === "plain-html") {
    // As the comment in its page says.
    await cp(
      join(folder, "node_modules/cognito-signout/dist"),
      join(folder, "cognito-signout"),
      { recursive: true },
    );
    return serveFolder(folder);
  }
  await runIn(folder, VITE, ["build"]);
  return serveFolder(join(folder, "dist"));
}

describe("examples", { timeout: 20 * HANGS_MS }, () => {
  for (const name of ["react", "vue", "svelte", "plain-html"])
    test(name, async (t) => {
      const folder = await consumer(`example-${name}`, {
        templates: [`examples/${name}`, "tests/apps/example"],
      });
      const site = await start(name, folder);
      t.after(site.close);
      await signInAndOut(world, t, `${site.origin}/`, {
        between: (page) => screenshot(page, `${name}-in`),
        after: async (page) => {
          await screenshot(page, name);
          // Nothing waits for who comes next.
          assert.equal(await page.inputValue("[name=password]"), "");
        },
      });
    });
});
