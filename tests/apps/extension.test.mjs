// A browser extension: its page and its background, under the policy of Manifest V3.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { findBrowser } from "../../scripts/lib/browsers.mjs";
import { HANGS_MS, useWorld, Visitor } from "../e2e/lib/world.mjs";
import { consumer } from "./lib/consumer.mjs";
import { complaints, walk } from "./lib/journey.mjs";
import { walkWorker } from "./lib/worker-journey.mjs";

const world = useWorld({ app: false });

/** Chromium names an unpacked extension by its path. @param {string} folder */
const extensionId = (folder) =>
  createHash("sha256")
    .update(folder)
    .digest("hex")
    .slice(0, 32)
    .replace(/./g, (digit) => String.fromCharCode(97 + parseInt(digit, 16)));

/**
 * Opens the page of an extension, signs in and out.
 * @param {import("node:test").TestContext} t
 * @param {string} folder the extension's
 * @param {typeof walk} through what is done in the page
 */
async function extensionPage(t, folder, through = walk) {
  const profile = await mkdtemp(join(tmpdir(), "extension-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findBrowser("chromium")?.CHROME_BIN ?? "",
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      `--disable-extensions-except=${folder}`,
      `--load-extension=${folder}`,
    ],
    ignoreDefaultArgs: ["--disable-extensions"],
  });
  t.after(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  });
  context.setDefaultTimeout(HANGS_MS / 2);
  const origin = `chrome-extension://${extensionId(folder)}`;
  const jane = new Visitor(world, { origin });
  await context.addInitScript(
    `globalThis.setup = ${JSON.stringify({ config: jane.config })};`,
  );
  const page = await context.newPage();
  const seen = complaints(page);
  await page.goto(`${origin}/index.html`);
  await through(jane, page);
  return { context, page, seen };
}

/** Whether the page may compile WebAssembly. @param {import("playwright-core").Page} page */
const hasWasm = (page) =>
  page.evaluate(() =>
    WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(
      () => true,
      () => false,
    ),
  );

test("an extension page", { timeout: 2 * HANGS_MS }, async (t) => {
  const { page, seen } = await extensionPage(t, await consumer("extension"));
  assert.deepEqual(seen, []);
  assert.equal(await hasWasm(page), true);
  // The policy was in force: a script in the page is refused.
  const title = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'it ran'";
    document.head.append(script);
    return document.title;
  });
  assert.notEqual(title, "it ran");
});

test(
  "an extension page whose policy forbids WebAssembly has the engine as JavaScript",
  { timeout: 2 * HANGS_MS },
  async (t) => {
    const folder = await consumer("extension-no-wasm", {
      templates: ["page", "extension", "extension-no-wasm"].map(
        (name) => `tests/apps/${name}`,
      ),
    });
    const { page, seen } = await extensionPage(t, folder);
    assert.deepEqual(seen, []);
    assert.equal(await hasWasm(page), false);
  },
);

test(
  "an extension's background, with the entry eager",
  { timeout: 2 * HANGS_MS },
  async (t) => {
    const folder = await consumer("extension-background", {
      templates: ["page", "worker", "extension-background"].map(
        (name) => `tests/apps/${name}`,
      ),
    });
    const { context, page, seen } = await extensionPage(t, folder, walkWorker);
    assert.deepEqual(seen, []);
    assert.equal(context.serviceWorkers().length, 1);
    // The tokens were in the background's storage, and are gone there.
    const { key, left } = await page.evaluate(async () => {
      const { local } = /** @type {any} */ (globalThis).chrome.storage;
      const kept = Object.keys(await local.get(null));
      return {
        key: localStorage.length,
        left: kept.filter((name) => name.includes("Token")),
      };
    });
    assert.deepEqual({ key, left }, { key: 0, left: [] });
  },
);
