// What the measurements share: the pages, the local Cognito, the browser.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { startLocalCognito } from "cognito-signout-dev";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { findBrowser } from "../../scripts/lib/browsers.mjs";
import { listen } from "../../scripts/lib/listen.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { Failure } from "../../scripts/lib/run.mjs";

/** @import { BrowserContext } from "playwright-core" */

export const OURS = "cognito-signout";
/** Ours is the last. */
export const LIBRARIES = [
  "aws-amplify",
  "amazon-cognito-identity-js",
  "oidc-client-ts",
  OURS,
];
/** Its sign-out of all devices is none of OpenID Connect's. */
export const canDoGlobal = (/** @type {string} */ library) =>
  library !== "oidc-client-ts";

/** After so long an answer counts as none. */
export const BOUND_MS = 8000;
const USER = "jane.doe@example.com";

/** A page for each library, an empty one, and nothing else on the origin. */
async function servePages() {
  const { outputFiles } = await esbuild.build({
    entryPoints: LIBRARIES.map((name) => inRoot(`bench/speed/${name}.mjs`)),
    outdir: inRoot(".build/speed"),
    bundle: true,
    minify: true,
    format: "esm",
    define: { global: "globalThis" },
    write: false,
    logLevel: "warning",
  });
  const server = createServer((request, response) => {
    const name = (request.url ?? "").slice(1);
    const script = outputFiles.find(({ path }) => path.endsWith(`/${name}`));
    response.setHeader(
      "content-type",
      script ? "text/javascript" : "text/html; charset=utf-8",
    );
    const load = LIBRARIES.includes(name)
      ? `<script type="module" src="/${name}.js"></script>`
      : "";
    response.end(
      script?.contents ??
        `<!doctype html><link rel="icon" href="data:,">${load}`,
    );
  });
  return listen(server);
}

/** @param {string} name an installed package */
async function titleOf(name) {
  const path =
    name === OURS ? "package.json" : `node_modules/${name}/package.json`;
  return `${name} ${JSON.parse(await readFile(inRoot(path), "utf8")).version}`;
}

/** @typedef {Awaited<ReturnType<typeof openStage>>} Stage */

export async function openStage() {
  const programs = findBrowser("chromium");
  if (!programs) throw new Failure("The benchmark needs Chromium.");
  const [pages, cognito, browser, ...titles] = await Promise.all([
    servePages(),
    startLocalCognito({ port: 0 }),
    chromium.launch({
      executablePath: programs.CHROME_BIN ?? "",
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-background-networking",
      ],
    }),
    ...LIBRARIES.map(titleOf),
  ]);
  const { control } = cognito;

  /** An app client of its own, and how a library is told of it. */
  const settings = () => ({
    userPoolId: cognito.userPoolId,
    clientId: control.addClient({}).id,
    endpoint: cognito.origin,
  });

  /** @param {string} clientId */
  const session = (clientId) =>
    control.addSession({ username: USER, clientId });

  /**
   * Opens a page of a library and configures it.
   * @param {BrowserContext} context
   * @param {string} library
   * @param {ReturnType<typeof settings>} given
   */
  async function open(context, library, given) {
    const page = await context.newPage();
    await page.goto(`${pages.origin}/${library}`);
    await page.waitForFunction(() => "bench" in globalThis);
    await page.evaluate(
      (given) => /** @type {any} */ (globalThis).bench.configure(given),
      given,
    );
    /**
     * @param {"signOut" | "fetches"} what
     * @param {object} how
     */
    const run = (what, how) =>
      page.evaluate(
        ([what, how]) => /** @type {any} */ (globalThis).bench[what](how),
        /** @type {const} */ ([
          what,
          {
            session: session(given.clientId),
            global: false,
            bound: BOUND_MS,
            ...how,
          },
        ]),
      );
    return { page, run };
  }

  return {
    browser,
    control,
    origin: pages.origin,
    titles,
    settings,
    session,
    open,
    async close() {
      await browser.close();
      await cognito.close();
      await pages.close();
    },
  };
}
