// How long it takes from import() until the package is ready, beside aws-amplify: in Chromium, in turns, all in one run.
import { createServer } from "node:http";
import { readFile, writeFile } from "node:fs/promises";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { format } from "prettier";
import { findBrowser } from "../scripts/lib/browsers.mjs";
import { TARGET } from "../scripts/lib/bundle.mjs";
import { listen } from "../scripts/lib/listen.mjs";
import { inRoot, root } from "../scripts/lib/paths.mjs";
import { median, ms, table } from "./lib/stats.mjs";

const LATENCY_MS = 40;
const TIMES = 40;

const CONFIG = `{
  userPoolId: "eu-west-1_AbCdEfGhI",
  userPoolClientId: "1example23456789",
  userPoolEndpoint: "http://localhost:9",
}`;

/** @param {string} entry */
const ours = (entry) => `
import { configure, signOut } from "./dist/${entry}.js";
export const ready = () => configure(${CONFIG});
export { signOut };`;

/** What the page imports; each exports \`ready\`. */
const SCRIPTS = {
  "aws-amplify": `
import { Amplify } from "aws-amplify";
import { getCurrentUser, signOut } from "aws-amplify/auth";
export const ready = async () => {
  Amplify.configure({ Auth: { Cognito: ${CONFIG} } });
  // Nobody is signed in.
  await getCurrentUser().catch(() => {});
};
export { signOut };`,
  eager: ours("eager"),
  index: ours("index"),
};

/**
 * @typedef {object} Start
 * @property {string} name
 * @property {keyof typeof SCRIPTS} script
 * @property {boolean} [isPreloaded] whether the page has a modulepreload of the chunk
 */

const AMPLIFY = /** @type {const} */ ({
  name: "aws-amplify",
  script: "aws-amplify",
});

/** @type {{ latencyMs: number, starts: Start[] }[]} */
const RUNS = [
  {
    latencyMs: 0,
    starts: [
      AMPLIFY,
      { name: "eager", script: "eager" },
      { name: "the main entry", script: "index" },
    ],
  },
  {
    latencyMs: LATENCY_MS,
    starts: [
      AMPLIFY,
      { name: "eager", script: "eager" },
      { name: "the main entry", script: "index" },
      {
        name: "the main entry, chunk preloaded",
        script: "index",
        isPreloaded: true,
      },
    ],
  },
];

/** Serves the scripts and their pages; each answer waits for the latency that was set. */
async function servePages() {
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  let chunk = "";
  for (const [name, contents] of Object.entries(SCRIPTS)) {
    const { outputFiles } = await esbuild.build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      minify: true,
      splitting: true,
      format: "esm",
      target: TARGET,
      outdir: inRoot(".build/cold", name),
      write: false,
      logLevel: "warning",
    });
    for (const { path, contents } of outputFiles) {
      const url = path.slice(inRoot(".build/cold").length);
      files.set(url, contents);
      if (url.includes("cognito-signout-engine")) chunk = url;
    }
  }
  const state = { latencyMs: 0 };
  const server = createServer((request, response) => {
    const { url = "" } = request;
    const script = files.get(url);
    const link = url.endsWith("/preloaded")
      ? `<link rel="modulepreload" href="${chunk}">`
      : "";
    response.setHeader(
      "content-type",
      script ? "text/javascript" : "text/html; charset=utf-8",
    );
    setTimeout(
      () =>
        response.end(
          script ?? `<!doctype html><link rel="icon" href="data:,">${link}`,
        ),
      state.latencyMs,
    );
  });
  return { ...(await listen(server)), state };
}

/**
 * Milliseconds from import() until it is ready, in a browser context of its own: nothing is in any cache.
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin
 * @param {Start} start
 */
async function measure(browser, origin, { script, isPreloaded }) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    // A page that has just been parsed: the import does not wait until the preload is there.
    await page.goto(`${origin}/${isPreloaded ? "preloaded" : "empty"}`, {
      waitUntil: "commit",
    });
    return await page.evaluate(async (path) => {
      const start = performance.now();
      const { ready } = await import(path);
      await ready();
      return performance.now() - start;
    }, `/${script}/stdin.js`);
  } finally {
    await context.close();
  }
}

/** Measures, prints, and writes bench/cold.md. */
export async function cold() {
  const pages = await servePages();
  const browser = await chromium.launch({
    executablePath: findBrowser("chromium")?.CHROME_BIN ?? "",
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-background-networking",
    ],
  });
  const rows = [];
  try {
    for (const { latencyMs, starts } of RUNS) {
      pages.state.latencyMs = latencyMs;
      /** @type {Map<Start, number[]>} */
      const all = new Map(starts.map((start) => [start, []]));
      for (let time = 0; time < TIMES; time++)
        // In turns, and each second time the other way round.
        for (const start of time % 2 ? starts.toReversed() : starts)
          all.get(start)?.push(await measure(browser, pages.origin, start));
      const amplify = all.get(AMPLIFY) ?? [];
      for (const start of starts) {
        const taken = all.get(start) ?? [];
        const ratios = taken.map((value, i) => value / (amplify[i] ?? NaN));
        rows.push([
          `${start.name}, ${latencyMs ? `${latencyMs} ms per request` : "loopback"}`,
          ms(median(taken)),
          (median(taken) / median(amplify)).toFixed(2),
          median(ratios).toFixed(2),
        ]);
      }
    }
  } finally {
    await browser.close();
    await pages.close();
  }
  const { version } = JSON.parse(
    await readFile(inRoot("node_modules/aws-amplify/package.json"), "utf8"),
  );
  const path = inRoot("bench/cold.md");
  // What was tried stays; the table is new.
  const before = await readFile(path, "utf8").catch(() => "");
  const notes = before.includes("\n## ") ? before.indexOf("\n## ") : Infinity;
  const text = await format(
    `# From the import until it is ready

\`npm run bench -- cold\` writes this table: Chromium ${browser.version().split(".")[0]}, milliseconds from \`import()\` until \`configure()\` has resolved; for
aws-amplify ${version} until \`getCurrentUser()\` has settled after \`Amplify.configure()\`. Each start is in a browser context of its own, so
nothing is in any cache; ${TIMES} starts of each, in turns, in one run. The last column is the median of each turn's own ratio.

${table(["start", "median", "times aws-amplify", "the same, paired"], rows)}

${before.slice(notes)}`,
    { filepath: path },
  );
  console.log(`\n${text}`);
  await writeFile(path, text);
}
