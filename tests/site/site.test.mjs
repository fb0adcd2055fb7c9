// The docs site as a reader meets it: each link leads somewhere, it is found by the search, and it can be read on a phone and in the
// dark. The README is looked at as GitHub shows it.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { relative } from "node:path/posix";
import { after, before, test } from "node:test";
import { createMarkdownRenderer } from "vitepress";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { sidebar } from "../../site/.vitepress/sidebar.mjs";
import { launch } from "../demo/lib/pages.mjs";
import { read } from "../docs/markdown.mjs";
import { violations } from "../e2e/lib/axe.mjs";
import { base, dist, fileAt, host } from "./lib/host.mjs";

/** @import { Browser, Page } from "playwright-core" */

/** The addresses of all pages of the site's own, and their HTML. @type {Map<string, string>} */
const pages = new Map();
for (const name of await readdir(dist, { recursive: true })) {
  const path = name.replaceAll("\\", "/");
  if (!path.endsWith(".html") || /^(?:reference\/|404)/.test(path)) continue;
  pages.set(
    base + path.replace(/(?:^|(?<=\/))index\.html$|\.html$/, ""),
    await readFile(`${dist}/${path}`, "utf8"),
  );
}

/** @type {Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof host>>} */
let site;

before(async () => {
  site = await host();
  browser = await launch();
});

after(async () => {
  await browser.close();
  await site.close();
});

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/**
 * Opens a page, and closes it after the test.
 * @param {{ after: (end: () => Promise<void>) => void }} t
 * @param {import("playwright-core").BrowserContextOptions} options
 * @param {string} [path]
 */
async function open(t, options, path = "") {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(site.origin + base + path);
  return page;
}

/** By how much the page is wider than the window. @param {Page} page */
const excess = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

test("each link leads somewhere", async () => {
  assert.ok(pages.size > 20);
  /** @type {string[]} */
  const dead = [];
  let count = 0;
  for (const [address, html] of pages)
    for (const [, target = ""] of html.matchAll(/ (?:href|src)="([^"]+)"/g)) {
      const url = new URL(
        target.replaceAll("&amp;", "&"),
        `http://site${address}`,
      );
      if (url.protocol !== "http:" || url.host !== "site") continue;
      count++;
      const file = fileAt(url.pathname);
      const id = decodeURIComponent(url.hash.slice(1));
      if (
        !file ||
        (id && !(await readFile(file, "utf8")).includes(` id="${id}"`))
      )
        dead.push(`${address}: ${target}`);
    }
  assert.ok(count > 1000);
  assert.deepEqual(dead, []);
});

test("each page is in the sidebar, and nothing else", () => {
  const listed = sidebar([])
    .flatMap(({ items = [] }) => items.map(({ link = "" }) => link.slice(1)))
    .sort();
  const all = [...pages.keys()].map((address) => relative(base, address));
  assert.deepEqual(listed, all.filter(Boolean).sort());
});

test("the references of both languages are there", async (t) => {
  const page = await open(t, { viewport: DESKTOP });
  await page.getByRole("link", { name: "TypeScript" }).first().click();
  await page.getByRole("link", { name: "signOut" }).first().waitFor();
  await page.goto(`${site.origin}${base}reference/rust/cognito_signout/`);
  await page
    .getByRole("link", { name: "Client", exact: true })
    .first()
    .waitFor();
});

test("the search finds a word of a page", async (t) => {
  const page = await open(t, { viewport: DESKTOP });
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("searchbox").fill("AuthUserList");
  await page.getByRole("option").first().click();
  await page.waitForURL(/\/(?:guide\/tokens|keys)/);
});

/** Pages with all that a page can have: lists, tables, pictures, snippets with and without a file's name. */
const KINDS = ["", "guide/features", "frameworks", "simulation"];

for (const [where, options] of /** @type {const} */ ([
  ["on a desktop, in the light", { viewport: DESKTOP, colorScheme: "light" }],
  ["on a phone, in the dark", { viewport: PHONE, colorScheme: "dark" }],
]))
  test(`axe finds nothing, ${where}`, async (t) => {
    const page = await open(t, options);
    for (const path of KINDS) {
      await page.goto(site.origin + base + path);
      assert.deepEqual(await violations(page), [], path);
    }
  });

test("by keyboard alone: each link and button is reached, and its focus is seen", async (t) => {
  const page = await open(t, { viewport: DESKTOP }, "examples");
  const wanted = await page
    .locator("a[href], button, input, [tabindex='0']")
    .evaluateAll((parts) =>
      parts
        // A menu that opens under the pointer is opened by its own button.
        .filter((part) => part.checkVisibility({ visibilityProperty: true }))
        .map((part, index) => {
          part.setAttribute("data-stop", String(index));
          return String(index);
        }),
    );
  assert.ok(wanted.length > 40);
  /** @type {Set<string>} */
  const reached = new Set();
  for (let i = 0; i < wanted.length + 20; i++) {
    await page.keyboard.press("Tab");
    const { stop, isSeen, html } = await page.evaluate(() => {
      const part = document.activeElement ?? document.body;
      const { outlineStyle } = getComputedStyle(part);
      const { top, bottom } = part.getBoundingClientRect();
      return {
        stop: part.getAttribute("data-stop"),
        isSeen: outlineStyle !== "none" && bottom > 0 && top < innerHeight,
        html: part.outerHTML.slice(0, 120),
      };
    });
    if (stop === null) continue;
    assert.ok(isSeen, html);
    reached.add(stop);
  }
  assert.deepEqual(
    [...wanted].filter((stop) => !reached.has(stop)),
    [],
  );
});

test("no page is wider than a phone", async (t) => {
  const page = await open(t, { viewport: PHONE });
  for (const address of pages.keys()) {
    await page.goto(site.origin + address);
    assert.equal(await excess(page), 0, address);
  }
});

// What of GitHub's style sheet decides how wide something is.
const GITHUB = `
  body { margin: 0; width: 830px; font: 16px/1.5 system-ui, sans-serif; }
  pre { padding: 16px; overflow: auto; font: 13.6px ui-monospace, monospace; }
  code { padding: 0.2em 0.4em; font-size: 85%; white-space: break-spaces; }
  pre code { padding: 0; white-space: pre; }
  table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse; }
  th, td { padding: 6px 13px; border: 1px solid; }
  img { max-width: 100%; }`;

test("nothing of the README has to be scrolled sideways at 830 px", async (t) => {
  const { page, end } = await readme();
  t.after(end);
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll("pre, table, p, ul")]
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map(({ textContent }) => textContent),
  );
  assert.deepEqual(wide, []);
});

/** The README as HTML. */
async function readme() {
  const md = await createMarkdownRenderer(inRoot("docs"), {
    highlight: (code) => `<pre><code>${md.utils.escapeHtml(code)}</code></pre>`,
  });
  const html = md.render(await read("README.md"));
  const page = await browser.newPage({ viewport: { width: 830, height: 900 } });
  await page.setContent(`<style>${GITHUB}</style>${html}`, {
    waitUntil: "domcontentloaded",
  });
  return { page, end: () => page.close() };
}
