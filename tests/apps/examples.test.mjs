// The examples without a router, as they stand in the repository: only their configuration is that of the local Cognito of the tests.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { HANGS_MS, PASSWORD, useWorld } from "../e2e/lib/world.mjs";
import { isOfEndpoint, resources } from "./lib/amplify.mjs";
import { consumer, runIn, serverIn } from "./lib/consumer.mjs";
import { complaints, signInAndOut } from "./lib/journey.mjs";
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

  test("amplify-react: <Authenticator> goes back to its form, and says there what the sign-out came to", async (t) => {
    const site = await start("amplify-react");
    t.after(site.close);
    const jane = await world.visitor(t, {
      origin: site.origin,
      path: "",
      config: ({ clientId }) => resources(world, clientId),
    });
    const { page } = jane;
    const seen = complaints(page);
    const signIn = async () => {
      await page.fill("[name=username]", jane.username);
      await page.fill("[name=password]", PASSWORD);
      await page.press("[name=password]", "Enter");
      await page
        .locator("output", { hasText: `signed in as ${jane.username}` })
        .waitFor();
    };
    const revocations = () =>
      jane.control
        .sessions({ clientId: jane.clientId })
        .map(({ revoked }) => revoked);

    await page.goto(`${site.origin}/`);
    await signIn();
    await screenshot(page, "amplify-react-in");
    jane.clearCalls();
    await page.click("#sign-out");
    await page.locator("form[data-amplify-authenticator-signin]").waitFor();
    await told(page, COMPLETE);
    assert.deepEqual(await jane.keys(page), []);
    await screenshot(page, "amplify-react");
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
    assert.deepEqual(revocations(), ["GlobalSignOut"]);

    // A partial sign-out can be repeated from the form.
    await signIn();
    const { id } = jane.fault({
      operation: "*",
      answer: { type: "InvalidParameterException" },
    });
    await page.click("#sign-out");
    await page.getByRole("button", { name: "Try again" }).waitFor();
    assert.deepEqual(revocations(), ["GlobalSignOut", false]);
    jane.control.removeFault(id);
    // The text above it says the same.
    await page.getByRole("button", { name: "Try again" }).click();
    await told(page, COMPLETE);
    assert.deepEqual(revocations(), ["GlobalSignOut", "GlobalSignOut"]);
    assert.deepEqual(
      seen.filter(
        (text) => !isOfEndpoint(text) && !text.includes("400 (Bad Request)"),
      ),
      [],
    );
  });
});
