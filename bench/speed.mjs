// How fast a sign-out is, beside other libraries: in Chromium, against the local Cognito, all in one run.
import { writeFile } from "node:fs/promises";
import { format } from "prettier";
import { inRoot } from "../scripts/lib/paths.mjs";
import { median, ms, row, table } from "./lib/stats.mjs";
import { bars, picture } from "./lib/svg.mjs";
import { cold } from "./speed/cold.mjs";
import { memory } from "./speed/memory.mjs";
import { BOUND_MS, LIBRARIES, openStage, OURS } from "./speed/stage.mjs";
import { tabs, TABS } from "./speed/tabs.mjs";
import { CASES, warm } from "./speed/warm.mjs";

/** @import { Cold } from "./speed/cold.mjs" */
/** @import { Memory } from "./speed/memory.mjs" */
/** @import { Tabs } from "./speed/tabs.mjs" */
/** @import { Measured } from "./speed/warm.mjs" */

/**
 * @typedef {object} Figures
 * @property {Measured[]} warm
 * @property {Map<string, Cold[]>} cold
 * @property {Tabs[]} tabs
 * @property {Memory[]} memory
 */

/** The median, or `undefined` if it never came. @param {(number | null)[]} values */
const usual = (values) =>
  values.length === 0 || values.includes(null)
    ? undefined
    : median(values.map(Number));

/**
 * @param {Measured} measured
 * @param {"gone" | "settled"} what
 */
const ofAll = ({ runs }, what) =>
  LIBRARIES.map((library) =>
    usual((runs.get(library) ?? []).map((run) => run[what])),
  );

/**
 * @param {Measured[]} all
 * @param {"gone" | "settled"} what
 * @param {string[]} titles
 */
function comparison(all, what, titles) {
  const rows = all.map((measured) => {
    const { runs } = measured;
    const said = LIBRARIES.map((library) =>
      what === "settled" ? (runs.get(library)?.[0]?.said ?? "") : "",
    );
    const cells = row(measured.what.name, ofAll(measured, what), said);
    return cells.map((cell, i) =>
      i > 0 && !runs.has(LIBRARIES[i - 1] ?? "") ? "can't" : cell,
    );
  });
  return table(["case", ...titles], rows);
}

/** @param {Measured[]} all */
function overhead(all) {
  const rows = all
    .filter(({ bare }) => bare.get(true)?.length)
    .map(({ what, runs, bare }) => {
      const ours = (runs.get(OURS) ?? []).map(({ settled }) => Number(settled));
      const [plain = [], keepalive = []] = [bare.get(false), bare.get(true)];
      /** @param {number[]} a @param {number[]} b */
      const more = (a, b) =>
        ms(median(a.map((value, i) => value - (b[i] ?? NaN))));
      return [
        what.name,
        ms(median(plain)),
        ms(median(keepalive)),
        more(keepalive, plain),
        ms(median(ours)),
        more(ours, plain),
      ];
    });
  return table(
    [
      ...["case", "bare fetch", "with keepalive", "it costs"],
      ...["signOut()", "more than the bare fetch"],
    ],
    rows,
  );
}

/**
 * The rows of a cold start.
 * @param {Map<string, Cold[]>} all
 * @returns {{ name: string, values: (number | undefined)[] }[]}
 */
function coldRows(all) {
  /** @param {(cold: Cold) => number | null} of */
  const values = (of) =>
    LIBRARIES.map((library) => usual((all.get(library) ?? []).map(of)));
  return [
    { name: "import to ready", values: values(({ ready }) => ready) },
    {
      name: "import to tokens gone",
      values: values(({ ready, first }) =>
        first.gone === null ? null : ready + first.gone,
      ),
    },
    {
      name: "the first signOut settles",
      values: values(({ first }) => first.settled),
    },
  ];
}

/** @param {Figures} figures */
function draw({ warm, cold }, /** @type {string[]} */ titles) {
  /**
   * @param {string} name
   * @param {"gone" | "settled"} what
   */
  const of = (name, what) => {
    const measured = warm.find((measured) => measured.what.name === name);
    return measured ? ofAll(measured, what) : [];
  };
  const left = bars({
    left: 10,
    top: 10,
    width: 470,
    title: "Tokens gone from the storage, ms after the call (log scale)",
    says: ms,
    names: titles,
    groups: [
      {
        name: "no added latency",
        values: of("local, no added latency", "gone"),
      },
      {
        name: "100 ms per request",
        values: of("local, 100 ms per request", "gone"),
      },
      {
        name: "no answer",
        values: of("local, the server never answers", "gone"),
      },
      {
        name: "4,000 keys of others",
        values: of("local, 4,000 keys of others", "gone"),
      },
    ],
  });
  const right = bars({
    left: 500,
    top: 10,
    width: 470,
    title: "The promise settles, and a cold start, ms (log scale)",
    says: ms,
    names: titles,
    groups: [
      {
        name: "settled, no latency",
        values: of("local, no added latency", "settled"),
      },
      {
        name: "settled, 100 ms",
        values: of("local, 100 ms per request", "settled"),
      },
      ...coldRows(cold).filter(({ name }) => name.startsWith("import")),
    ],
  });
  return picture(
    980,
    Math.max(left.height, right.height) + 30,
    "How long a local sign-out takes, beside three other libraries; the scale is logarithmic",
    `${left.body}\n${right.body}`,
  );
}

/**
 * @param {Figures} figures
 * @param {string[]} titles
 * @param {string} chromium its version
 */
function report(figures, titles, chromium) {
  const networks = figures.warm.filter(({ what }) => !what.foreign);
  const crowded = figures.warm.filter(({ what }) => what.foreign);
  /** @param {string} library */
  const atReturn = (library) => {
    const runs = figures.warm.flatMap(({ runs }) => runs.get(library) ?? []);
    return `${library} ${runs.filter((run) => run.atReturn).length} of ${runs.length} times`;
  };
  /** @param {string} library */
  const asks = (library) =>
    `${library} ${networks
      .slice(0, 2)
      .flatMap(({ what, asks }) => {
        const sent = asks.get(library);
        return sent ? `${sent} (${what.global ? "global" : "local"})` : [];
      })
      .join(", ")}`;
  const times = new Map(
    networks.map(({ what }) => [what.name.replace(/^\w+, /, ""), what.times]),
  );
  const mb = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(2);
  return `# How fast a sign-out is

\`npm run bench -- speed\` writes this: Chromium ${chromium}, against the local Cognito, all in one run, each library in a page of its own and
in turns with the others; medians, in milliseconds after the call, of ${[...times].map(([name, n]) => `${n} (${name})`).join(", ")}.
Warm: the engine has run before, and the preflight is cached by who lets the browser keep it. "(2.0×)": twice what ${OURS} takes. "never": not within ${BOUND_MS / 1000} s.
oidc-client-ts revokes the refresh token and removes its user, as its \`signoutRedirect\` does first; it can't end sessions on other devices.

![Beside other libraries](speed.svg)

## When the tokens are gone

${comparison(networks, "gone", titles)}

Already gone when the call returned: ${LIBRARIES.map(atReturn).join(", ")}.

## When the promise settles, and what it says

${comparison(networks, "settled", titles)}

What they send: ${LIBRARIES.map(asks).join("; ")}.

## The first sign-out of a page

From \`import()\`, with nothing cached: not the file, not its compiled code, not the preflight.

${table(
  ["", ...titles],
  coldRows(figures.cold).map(({ name, values }) => row(name, values)),
)}

## With many keys of others in localStorage

When the tokens are gone, and when it settles. The others remove keys that they can name; this package looks for every session of the client, whoever stored it, and
so has to list the keys. It reads the values of the session's own.

${comparison(crowded, "gone", titles)}

${comparison(crowded, "settled", titles)}

## With many tabs open

When the promise settles in the tab that signs out; and when the last of the other tabs was told. The other libraries tell no other tab.

${table(
  ["tabs", ...titles, "all tabs told"],
  figures.tabs.map(({ open, settled, told }) => [
    ...row(String(open), settled),
    open === 1 ? "" : ms(told),
  ]),
)}

## Memory

After so many cycles of \`storeTokens\` and \`signOut\` with its request, and a garbage collection, in MB.

${table(
  ["cycles", "JavaScript", "the page's own", "the engine and buffers"],
  figures.memory.map(({ cycles, script, page, engine }) => [
    cycles.toLocaleString("en-GB"),
    mb(script),
    mb(page),
    mb(engine),
  ]),
)}

## What it costs beyond its requests

The same requests by a bare \`fetch\`, one after the other, in the same page and in turns; differences are medians of each turn's own.

${overhead(networks)}
`;
}

/**
 * Measures, prints, and writes bench/speed.md and bench/speed.svg.
 * @param {{ quick?: boolean }} [options] `quick`: a tenth of it, to see that all of it works; nothing is written
 */
export async function speed({ quick = false } = {}) {
  const few = (/** @type {number} */ n) => (quick ? Math.ceil(n / 10) : n);
  const stage = await openStage();
  try {
    /** @type {Figures} */
    const figures = { warm: [], cold: new Map(), tabs: [], memory: [] };
    for (const what of CASES)
      figures.warm.push(await warm(stage, { ...what, times: few(what.times) }));
    figures.cold = await cold(stage, few(15));
    for (const open of TABS)
      figures.tabs.push(await tabs(stage, open, few(10)));
    figures.memory = await memory(stage, [100, 1000, 5000, 10_000].map(few));
    const version = stage.browser.version().split(".")[0] ?? "";
    const path = inRoot("bench/speed.md");
    const text = await format(report(figures, stage.titles, version), {
      filepath: path,
    });
    console.log(`\n${text}`);
    const svg = draw(figures, stage.titles);
    if (quick) return;
    await writeFile(path, text);
    await writeFile(inRoot("bench/speed.svg"), svg);
  } finally {
    await stage.close();
  }
}
