// How fast a sign-out is, beside other libraries: in Chromium, against the local Cognito, all in one run.
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { startLocalCognito } from "cognito-signout-dev";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { format } from "prettier";
import { findBrowser } from "../scripts/lib/browsers.mjs";
import { inRoot } from "../scripts/lib/paths.mjs";
import { Failure } from "../scripts/lib/run.mjs";

/** @import { Fault } from "cognito-signout-dev" */
/** @import { Run } from "./speed/page.mjs" */

const OURS = "cognito-signout";
const LIBRARIES = ["aws-amplify", "amazon-cognito-identity-js", OURS];

/** After so long an answer counts as none. */
const BOUND_MS = 8000;
const USER = "jane.doe@example.com";

/** @type {{ name: string, fault?: Fault, times: number }[]} */
const NETWORKS = [
  { name: "no added latency", times: 40 },
  {
    name: "100 ms per request",
    fault: { operation: "*", latencyMs: 100 },
    times: 20,
  },
  {
    name: "the server never answers",
    fault: { operation: "*", silence: true },
    times: 1,
  },
  {
    name: "the connection drops",
    fault: { operation: "*", drop: true },
    times: 5,
  },
];

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [
    sorted[(sorted.length - 1) >> 1],
    sorted[middle],
  ];
  return (low + high) / 2;
}

/** @param {number} value */
const ms = (value) => value.toFixed(value < 10 ? 1 : 0);

/** A page for each library, and nothing else on the origin. */
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
    response.end(
      script?.contents ??
        `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${name}.js"></script>`,
    );
  });
  await new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(undefined)),
  );
  const address = server.address();
  if (!address || typeof address === "string") throw new Failure("no port");
  return {
    origin: `http://localhost:${address.port}`,
    close: () => server.close().closeAllConnections(),
  };
}

/** @param {string} name an installed package */
async function titleOf(name) {
  const path =
    name === OURS ? "package.json" : `node_modules/${name}/package.json`;
  return `${name} ${JSON.parse(await readFile(inRoot(path), "utf8")).version}`;
}

/**
 * @typedef {object} Measured
 * @property {string} name
 * @property {boolean} global
 * @property {Map<string, string>} asks what each library sends
 * @property {Map<string, Run[]>} runs
 * @property {Map<boolean, number[]>} bare the bare requests, with keepalive or without
 */

/**
 * Runs the libraries in turns, so that what else the machine does hits all alike.
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin
 * @param {Awaited<ReturnType<typeof startLocalCognito>>} cognito
 * @param {typeof NETWORKS[number]} network
 * @param {boolean} global
 * @returns {Promise<Measured>}
 */
async function measure(browser, origin, cognito, network, global) {
  const { control } = cognito;
  const contexts = [];
  const pages = [];
  /** @type {Map<string, string>} */
  const asks = new Map();
  for (const library of LIBRARIES) {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(`${origin}/${library}`);
    await page.waitForFunction(() => "bench" in globalThis);
    const { id: clientId } = control.addClient({});
    await page.evaluate(
      (settings) => /** @type {any} */ (globalThis).bench.configure(settings),
      { userPoolId: cognito.userPoolId, clientId, endpoint: cognito.origin },
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
            session: control.addSession({ username: USER, clientId }),
            global,
            ...how,
          },
        ]),
      );
    pages.push({ library, run });
    // The engine is warm, and so is the preflight of who lets the browser keep it.
    await run("signOut", { bound: BOUND_MS });
    const sent = control
      .requests({ clientId })
      .filter(({ preflight }) => !preflight);
    asks.set(library, sent.map(({ operation }) => operation).join(", "));
    await run("fetches", { keepalive: true });
  }
  if (network.fault) control.addFault(network.fault);
  /** @type {Measured} */
  const measured = {
    name: `${global ? "global" : "local"}, ${network.name}`,
    global,
    asks,
    runs: new Map(LIBRARIES.map((library) => [library, []])),
    bare: new Map([
      [false, []],
      [true, []],
    ]),
  };
  const answers = !network.fault || network.fault.latencyMs !== undefined;
  for (let time = 0; time < network.times; time++) {
    for (const { library, run } of pages) {
      measured.runs
        .get(library)
        ?.push(await run("signOut", { bound: BOUND_MS }));
      if (library === OURS && answers)
        for (const keepalive of time % 2 ? [false, true] : [true, false])
          measured.bare
            .get(keepalive)
            ?.push(await run("fetches", { keepalive }));
    }
  }
  control.clearFaults();
  for (const context of contexts) await context.close();
  console.log(`measured: ${measured.name}`);
  return measured;
}

/**
 * @param {Measured[]} all
 * @param {"gone" | "settled"} what
 * @param {string[]} titles
 */
function comparison(all, what, titles) {
  const rows = all.map(({ name, runs }) => {
    /** @param {string} library */
    const of = (library) => {
      const values = (runs.get(library) ?? []).map((run) => run[what]);
      return values.some((value) => value === null)
        ? undefined
        : median(values.map(Number));
    };
    const ours = of(OURS) ?? NaN;
    const cells = LIBRARIES.map((library) => {
      const value = of(library);
      const says =
        what === "settled" ? `, ${runs.get(library)?.[0]?.said}` : "";
      if (value === undefined) return "never";
      if (library === OURS) return `${ms(value)}${says}`;
      return `${ms(value)} (${Number((value / ours).toPrecision(2))}×)${says}`;
    });
    return `| ${[name, ...cells].join(" | ")} |`;
  });
  return [
    `| case | ${titles.join(" | ")} |`,
    `| --- |${titles.map(() => " ---: |").join("")}`,
    ...rows,
  ].join("\n");
}

/** @param {Measured[]} all */
function overhead(all) {
  const rows = all
    .filter(({ bare }) => bare.get(true)?.length)
    .map(({ name, runs, bare }) => {
      const ours = (runs.get(OURS) ?? []).map(({ settled }) => Number(settled));
      const [plain = [], keepalive = []] = [bare.get(false), bare.get(true)];
      /** @param {number[]} a @param {number[]} b */
      const more = (a, b) =>
        ms(median(a.map((value, i) => value - (b[i] ?? NaN))));
      return `| ${[
        name,
        ms(median(plain)),
        ms(median(keepalive)),
        more(keepalive, plain),
        ms(median(ours)),
        more(ours, plain),
      ].join(" | ")} |`;
    });
  return [
    "| case | bare fetch | with keepalive | it costs | signOut() | more than the bare fetch |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

/** Measures, prints, and writes bench/speed.md. */
export async function speed() {
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
  /** @type {Measured[]} */
  const all = [];
  try {
    for (const network of NETWORKS)
      for (const global of [false, true])
        all.push(
          await measure(browser, pages.origin, cognito, network, global),
        );
  } finally {
    await browser.close();
    await cognito.close();
    pages.close();
  }
  /** @param {string} library */
  const atReturn = (library) => {
    const runs = all.flatMap((measured) => measured.runs.get(library) ?? []);
    return `${runs.filter((run) => run.atReturn).length} of ${runs.length}`;
  };
  /** @param {string} library */
  const asks = (library) =>
    all
      .slice(0, 2)
      .map(
        ({ global, asks }) =>
          `${asks.get(library)} (${global ? "global" : "local"})`,
      )
      .join(", ");
  const text = `# How fast a sign-out is

\`npm run bench\` writes this: Chromium ${browser.version().split(".")[0]}, against the local Cognito, all in one run, each library in a page of its own and
in turns with the others; medians, in milliseconds after the call, of ${NETWORKS.map(({ times, name }) => `${times} (${name})`).join(", ")}.
The engine is warm, and so is the preflight of who lets the browser keep it. "(2.0×)": twice what ${OURS} takes. "never": not within ${BOUND_MS / 1000} s.

## When the tokens are gone

${comparison(all, "gone", titles)}

Already gone when the call returned: ${LIBRARIES.map((library) => `${library} ${atReturn(library)} times`).join(", ")}.

## When the promise settles, and what it says

${comparison(all, "settled", titles)}

What they send: ${LIBRARIES.map((library) => `${library} ${asks(library)}`).join("; ")}.

## What it costs beyond its requests

The same requests by a bare \`fetch\`, one after the other, in the same page and in turns; differences are medians of each turn's own.

${overhead(all)}
`;
  const path = inRoot("bench/speed.md");
  const pretty = await format(text, { filepath: path });
  await writeFile(path, pretty);
  console.log(`\n${pretty}`);
}
