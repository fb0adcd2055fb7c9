// Vite: its dev server, and what it builds.
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { consumer, runIn, serverIn } from "./lib/consumer.mjs";
import { signInAndOut } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";

const VITE = "vite/bin/vite.js";
const world = useWorld({ app: false });

describe("vite", { timeout: 10 * HANGS_MS }, () => {
  let folder = "";
  before(async () => {
    folder = await consumer("vite", { templates: ["tests/apps/page"] });
  });

  test("dev", async (t) => {
    const server = await serverIn(folder, VITE, ["--port", "0"]);
    t.after(server.close);
    await signInAndOut(world, t, `${server.origin}/`);
  });

  test("build", async (t) => {
    await runIn(folder, VITE, ["build"]);
    const site = await serveFolder(join(folder, "dist"));
    t.after(site.close);
    await signInAndOut(world, t, `${site.origin}/`);
  });
});
