// Starts a browser with its driver, and ends both.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  browserNames,
  findBrowser,
} from "../../../../scripts/lib/browsers.mjs";
import { openScreen, webkitSandbox } from "../../../../scripts/lib/screen.mjs";
import { Session, send } from "./session.mjs";

/** @typedef {import("../../../../scripts/lib/browsers.mjs").BrowserName} Engine */

/** Far more than a browser takes to start on a busy machine. */
const START_MS = 120_000;

const isRoot = process.getuid?.() === 0;

/** The engine that the environment names. */
export function chosenEngine() {
  const name = process.env.ENGINE ?? "chromium";
  const engine = browserNames.find((each) => each === name);
  if (!engine)
    throw new Error(`ENGINE must be one of ${browserNames.join(", ")}`);
  return engine;
}

/** @type {Record<Engine, { driver: string, capabilities: (programs: NodeJS.ProcessEnv) => Record<string, unknown> }>} */
const ENGINES = {
  chromium: {
    driver: "CHROMEDRIVER",
    capabilities: ({ CHROME_BIN }) => ({
      "goog:chromeOptions": {
        binary: CHROME_BIN,
        args: [
          "--headless",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          ...(isRoot ? ["--no-sandbox"] : []),
        ],
      },
    }),
  },
  firefox: {
    driver: "GECKODRIVER",
    capabilities: ({ FIREFOX_BIN }) => ({
      "moz:firefoxOptions": { binary: FIREFOX_BIN, args: ["-headless"] },
    }),
  },
  webkit: { driver: "WEBKIT_DRIVER", capabilities: () => ({}) },
};

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** @param {import("node:child_process").ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, "exit");
}

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
async function startDriver(program, env) {
  const end = Date.now() + START_MS;
  for (;;) {
    const port = await freePort();
    const child = spawn(program, [`--port=${port}`], { stdio: "ignore", env });
    const url = `http://127.0.0.1:${port}`;
    // Another process may have taken the port meanwhile: then this one ends, and the next takes another.
    while (child.exitCode === null) {
      const status = await send("GET", `${url}/status`).catch(() => undefined);
      if (status && child.exitCode === null) return { url, child };
      if (Date.now() > end) break;
      await sleep(50);
    }
    await stop(child);
    if (Date.now() > end) throw new Error(`${program} did not start`);
  }
}

/**
 * @param {Engine} engine
 * @returns {Promise<{ session: Session, close: () => Promise<void> }>}
 */
export async function startBrowser(engine) {
  const programs = findBrowser(engine);
  if (!programs) throw new Error(`there is no ${engine} with its driver`);
  const { driver, capabilities } = ENGINES[engine];
  const screen = programs.XVFB ? await openScreen(programs.XVFB) : undefined;
  const { url, child } = await startDriver(programs[driver] ?? "", {
    ...process.env,
    ...screen?.env,
    ...webkitSandbox,
  });
  const session = await Session.open(url, {
    pageLoadStrategy: "none",
    ...capabilities(programs),
  });
  return {
    session,
    close: async () => {
      await session.end().catch(() => {});
      await stop(child);
      await screen?.close();
    },
  };
}
