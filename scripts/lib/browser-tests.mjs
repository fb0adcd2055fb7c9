// The tests that run in more than one engine.
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { nodeTests, rustTests } from "./commands.mjs";
import { tool, toolsDir, workDir } from "./paths.mjs";
import { openScreen, webkitSandbox } from "./screen.mjs";

/** @typedef {import("./browsers.mjs").BrowserName} Engine */

/** In seconds, for a machine under load; the runner's own are 20 for all tests together, and 5. */
const RUNNER_LIMITS = {
  WASM_BINDGEN_TEST_TIMEOUT: "600",
  WASM_BINDGEN_TEST_DRIVER_TIMEOUT: "120",
};

/** How wasm-pack names each browser and its driver. @type {Record<Engine, [browser: string, driver: string, variable: string]>} */
const FLAGS = {
  chromium: ["--chrome", "--chromedriver", "CHROMEDRIVER"],
  firefox: ["--firefox", "--geckodriver", "GECKODRIVER"],
  // The driver of WebKitGTK speaks as Safari's does.
  webkit: ["--safari", "--safaridriver", "WEBKIT_DRIVER"],
};

/**
 * The browser side of the crate, by wasm-pack.
 * @param {Engine} engine
 * @param {NodeJS.ProcessEnv} env its programs
 */
export async function rustBrowserTests(engine, env) {
  const [browser, driver, variable] = FLAGS[engine];
  const screen = env.XVFB ? await openScreen(env.XVFB) : undefined;
  try {
    return await rustTests(
      tool("wasm-pack"),
      [
        ...["test", "--headless", browser, driver, env[variable] ?? ""],
        ...["--mode", "no-install", "--", "--locked", "--features", "js"],
      ],
      {
        ...RUNNER_LIMITS,
        // wasm-pack builds, then tests: as the profile of the build is, so that nothing is compiled twice.
        CARGO_PROFILE_TEST_OPT_LEVEL: "0",
        ...env,
        ...screen?.env,
        ...webkitSandbox,
        ...(env.FIREFOX_BIN && (await firefoxAt(env.FIREFOX_BIN))),
        PATH: [join(toolsDir, "bin"), process.env.PATH].join(delimiter),
      },
    );
  } finally {
    await screen?.close();
  }
}

/** geckodriver has no other way to be told which Firefox. @param {string} binary */
async function firefoxAt(binary) {
  await mkdir(workDir, { recursive: true });
  const settings = join(workDir, "webdriver.json");
  const capabilities = { "moz:firefoxOptions": { binary } };
  await writeFile(settings, JSON.stringify(capabilities));
  return { WASM_BINDGEN_TEST_WEBDRIVER_JSON: settings };
}

/** The scenarios that every engine runs; those of the e2e stage that are left out need what WebDriver lacks. */
const SCENARIOS = [
  ...[
    "emergency",
    "engine",
    "fetch",
    "hosted-ui",
    "no-wasm",
    "places",
    "reentrancy",
    "sign-out",
    "smoke",
    "storage",
    "tabs",
    "values",
    "waiting",
  ].map((name) => `tests/e2e/${name}.test.mjs`),
  "tests/proof/popup.test.mjs",
  "tests/proof/return.test.mjs",
  "tests/interop/react.test.mjs",
];

/**
 * The end-to-end scenarios, over WebDriver.
 * @param {Engine} engine
 * @param {NodeJS.ProcessEnv} env its programs
 * @param {string[]} [scenarios]
 */
export const engineTests = (engine, env, scenarios = SCENARIOS) =>
  nodeTests(scenarios, { ...env, ENGINE: engine });
