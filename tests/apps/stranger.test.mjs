// An example as a stranger starts it: its own package.json, `npm install` with all that it names, its own scripts, and the configuration
// that it comes with.
import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { prepare } from "../../scripts/lib/examples.mjs";
import { packed } from "../../scripts/lib/pack.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { must } from "../../scripts/lib/run.mjs";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { serveFolder } from "./lib/serve.mjs";
import { COMPLETE, told } from "./lib/words.mjs";

const world = useWorld({ app: false });

describe("a stranger", { timeout: 20 * HANGS_MS }, () => {
  test("installs, builds and runs examples/react", async (t) => {
    // No package of this repository is in a folder above.
    const folder = await mkdtemp(join(tmpdir(), "cognito-signout-stranger-"));
    t.after(() => rm(folder, { recursive: true }));
    await cp(inRoot("examples/react"), folder, {
      recursive: true,
      filter: (path) => !/node_modules|package-lock|dist$/.test(path),
    });
    await prepare(folder, await packed());
    await must("npm", ["install", "--ignore-scripts"], { cwd: folder });
    await must("npm", ["run", "build"], { cwd: folder });
    const site = await serveFolder(join(folder, "dist"));
    t.after(site.close);

    const { page, context, control } = await world.visitor(t, {
      origin: site.origin,
      path: "",
    });
    // Where it looks for the local Cognito, which has another port here.
    await context.route("http://localhost:9229/**", (route) =>
      route.continue({
        url: route
          .request()
          .url()
          .replace(/^http:\/\/[^/]+/, () => world.cognito.origin),
      }),
    );
    await page.goto(`${site.origin}/`);
    await page.fill("[name=username]", "jane.doe@example.com");
    await page.fill("[name=password]", "Passw0rd!");
    await page.click("form button");
    await page
      .locator("output", { hasText: "signed in as jane.doe@example.com" })
      .waitFor();
    await page.click("#sign-out");
    await told(page, COMPLETE);
    assert.deepEqual(
      control
        .sessions({ clientId: world.cognito.clientId })
        .map(({ revoked }) => revoked),
      ["GlobalSignOut"],
    );
  });
});
