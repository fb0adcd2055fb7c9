// What each bundler's main chunk grows by: apps with the package and without it, built from the tarball, and loaded in Chromium.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { format } from "prettier";
import { findBrowser } from "../scripts/lib/browsers.mjs";
import { inRoot } from "../scripts/lib/paths.mjs";
import { BUNDLERS } from "../tests/apps/lib/bundlers.mjs";
import { consumer, pageWith, runIn } from "../tests/apps/lib/consumer.mjs";
import { serveFolder } from "../tests/apps/lib/serve.mjs";
import { table } from "./lib/stats.mjs";

/** @import { Browser } from "playwright-core" */

const AMPLIFY = `
import { Amplify } from "aws-amplify";
import { fetchAuthSession, getCurrentUser, signIn } from "aws-amplify/auth";
globalThis.amplify = { Amplify, fetchAuthSession, getCurrentUser, signIn };`;
const OURS = `
import { configure, signOut } from "cognito-signout";
globalThis.ours = { configure, signOut };`;
const ADAPTER = `
import { connectAmplify } from "cognito-signout/amplify";
globalThis.adapter = { connectAmplify };`;
const ROUTE = `globalThis.route = () => import("./route.js");`;

/**
 * An app: its main module, and that of a route which is loaded later.
 * @typedef {{ app: string, route?: string }} App
 */

/** @type {{ name: string, without: App, with: App }[]} */
const APPS = [
  { name: "empty", without: { app: "" }, with: { app: OURS } },
  {
    name: "with a lazy route",
    without: { app: ROUTE, route: "export const title = document.title;" },
    with: {
      app: OURS + ROUTE,
      route: `import { signOut } from "cognito-signout"; export const leave = () => signOut({ global: true });`,
    },
  },
  {
    name: "with aws-amplify",
    without: { app: AMPLIFY },
    with: { app: AMPLIFY + OURS },
  },
  {
    name: "the same and `connectAmplify`",
    without: { app: AMPLIFY },
    with: { app: AMPLIFY + OURS + ADAPTER },
  },
];

/**
 * @typedef {object} Kind how an app is built
 * @property {string[]} templates
 * @property {Record<string, string>} [files] what is written over them
 * @property {string} [page] the page to be served, with this script
 * @property {[program: string, ...args: string[]]} build
 * @property {string} site the folder that is served
 */

const ANGULAR = {
  "src/main.ts": `import { Component } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import "./app.js";
@Component({ selector: "app-root", template: "<p>App</p>" })
class App {}
bootstrapApplication(App).catch(console.error);`,
};
const NEXT = {
  "app/layout.js": `export default ({ children }) => <html lang="en"><body>{children}</body></html>;`,
  "app/page.js": `"use client";
import "../src/app.js";
export default function Page() { return <p>App</p>; }`,
  "next.config.mjs": `import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
const root = dirname(dirname(fileURLToPath(import.meta.url)));
export default { output: "export", turbopack: { root }, outputFileTracingRoot: root };`,
};
const PAGE = ["tests/apps/page"];

/** @param {keyof typeof BUNDLERS} name @param {string[]} more arguments @returns {Kind} */
function plain(name, ...more) {
  /** @type {import("../tests/apps/lib/bundlers.mjs").Bundler} */
  const { program, args, script } = BUNDLERS[name];
  return {
    templates: PAGE,
    build: [program, ...args, ...more],
    ...(script && { page: script }),
    site: script ? "." : "dist",
  };
}

/** @param {string} bundler @returns {Kind} */
const next = (bundler) => ({
  templates: PAGE,
  files: NEXT,
  build: ["next/dist/bin/next", "build", `--${bundler}`],
  site: "out",
});

/** @type {Record<string, Kind>} */
const KINDS = {
  esbuild: plain("esbuild"),
  Vite: plain("vite"),
  webpack: plain("webpack"),
  // aws-amplify has CommonJS in it.
  Rollup: plain("rollup", "--plugin=@rollup/plugin-commonjs"),
  // It finds no sources for the maps of aws-amplify.
  Parcel: plain("parcel", "--no-source-maps", "--no-autoinstall"),
  "Next (Turbopack)": next("turbopack"),
  "Next (webpack)": next("webpack"),
  Angular: {
    templates: ["examples/angular", "tests/apps/example-angular"],
    files: ANGULAR,
    build: ["@angular-devkit/architect-cli/bin/cli.js", "app:build"],
    site: "dist/browser",
  },
};

/**
 * The bytes of the scripts that a page loads by itself, each after gzip.
 * @param {Browser} browser
 * @param {string} folder
 */
async function loaded(browser, folder) {
  const { origin, close } = await serveFolder(folder);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    /** @type {Promise<Buffer>[]} */
    const scripts = [];
    page.on("response", (response) => {
      if (response.request().resourceType() === "script")
        scripts.push(response.body());
    });
    await page.goto(`${origin}/`, { waitUntil: "networkidle" });
    const bodies = await Promise.all(scripts);
    if (bodies.length === 0) throw new Error(`${folder} loads no script`);
    return bodies.reduce(
      (sum, body) => sum + gzipSync(body, { level: 9 }).length,
      0,
    );
  } finally {
    await context.close();
    await close();
  }
}

/**
 * @param {Browser} browser
 * @param {string} folder an app's
 * @param {Kind} kind
 * @param {App} app
 */
async function weigh(browser, folder, { files = {}, page, build, site }, app) {
  const own = {
    ...files,
    "src/app.js": `globalThis.app = "app";${app.app}`,
    "src/index.js": `import "./app.js";`,
    "src/route.js": app.route ?? "",
  };
  for (const [name, text] of Object.entries(own)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  for (const made of ["dist", "out", ".next", ".angular"])
    await rm(join(folder, made), { recursive: true, force: true });
  if (page) await pageWith(folder, page);
  const [program, ...args] = build;
  await runIn(folder, program, args, { NEXT_TELEMETRY_DISABLED: "1" });
  return loaded(browser, join(folder, site));
}

/** Measures, prints, and writes bench/bundlers.md. */
export async function bundlers() {
  const browser = await chromium.launch({
    executablePath: findBrowser("chromium")?.CHROME_BIN ?? "",
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
    ],
  });
  const kb = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1);
  const rows = [];
  try {
    for (const [name, kind] of Object.entries(KINDS)) {
      const folder = await consumer(
        `bench-${name.toLowerCase().replace(/\W+/g, "")}`,
        { templates: kind.templates },
      );
      /** @type {Map<string, number>} */
      const known = new Map();
      const of = async (/** @type {App} */ app) => {
        const key = JSON.stringify(app);
        const bytes =
          known.get(key) ?? (await weigh(browser, folder, kind, app));
        known.set(key, bytes);
        return bytes;
      };
      const cells = [];
      for (const { without, with: ours } of APPS)
        cells.push(kb((await of(ours)) - (await of(without))));
      rows.push([name, ...cells]);
      console.log(`measured: ${rows.at(-1)?.join("  ")}`);
    }
  } finally {
    await browser.close();
  }
  const path = inRoot("bench/bundlers.md");
  const text = await format(
    `# What an app's main chunk grows by

\`npm run bench -- bundlers\` writes this: KB (1,000 bytes) after gzip -9 that \`import { configure, signOut } from "cognito-signout"\` adds to
the scripts which the page loads by itself, with each bundler's own defaults. The apps are built from the tarball and opened in Chromium; an
app's lazy route imports \`signOut\` too. \`configure\` then asks for the engine, in a chunk of its own.

${table(["bundler", ...APPS.map(({ name }) => `app ${name}`.replace("app empty", "empty app").replace("app the same", "the same"))], rows)}

Rollup minifies nothing by itself; the package's files are minified already. The chunk is called \`cognito-signout-engine\`, but for Turbopack and
Angular, which name chunks by their hash (Angular has the option \`namedChunks\`).

In production webpack warns that \`cognito-signout-fallback.js\` is larger than 244 KiB: the engine as JavaScript is one function, which can't be
split, and no page loads it where WebAssembly is on. \`performance: { assetFilter: (name) => !/cognito-signout-fallback/.test(name) }\` in the
configuration leaves it out of that check. Minifying it again takes webpack some 9 s.
`,
    { filepath: path },
  );
  console.log(`\n${text}`);
  await writeFile(path, text);
}
