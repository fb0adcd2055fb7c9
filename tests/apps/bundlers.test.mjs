// One app, built by each bundler with no configuration.
import { describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { bundle, bundlerNames } from "./lib/bundlers.mjs";
import { consumer, serverIn } from "./lib/consumer.mjs";
import { signInAndOut } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";

const TEMPLATES = ["tests/apps/page"];
const world = useWorld({ app: false });

describe("bundlers", { timeout: 20 * HANGS_MS }, () => {
  for (const name of bundlerNames)
    test(name, async (t) => {
      const folder = await consumer(name, { templates: TEMPLATES });
      const site = await serveFolder(await bundle(name, folder));
      t.after(site.close);
      await signInAndOut(world, t, `${site.origin}/`);
    });

  test("Vite's dev server", async (t) => {
    const folder = await consumer("vite-dev", { templates: TEMPLATES });
    const server = await serverIn(folder, "vite/bin/vite.js", ["--port", "0"]);
    t.after(server.close);
    await signInAndOut(world, t, `${server.origin}/`);
  });
});
