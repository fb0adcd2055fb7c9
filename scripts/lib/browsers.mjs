import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { tool, toolsDir } from "./paths.mjs";
import { must } from "./run.mjs";

/**
 * @typedef {object} Browser
 * @property {string[]} packages Debian's
 * @property {Record<string, string[]>} programs where to look for each, under the environment variable that names it
 *   to the tests; if that is set already, it wins
 * @property {{ program: string, crate: string, version: string }} [driver] one of the programs, to be had from cargo
 */

/** @satisfies {Record<string, Browser>} */
const BROWSERS = {
  chromium: {
    packages: ["chromium", "chromium-driver"],
    programs: {
      CHROME_BIN: [
        ...[
          "chromium",
          "chromium-browser",
          "google-chrome",
          "google-chrome-stable",
        ],
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
      ],
      CHROMEDRIVER: ["chromedriver"],
    },
  },
  firefox: {
    packages: ["firefox-esr"],
    driver: { program: "GECKODRIVER", crate: "geckodriver", version: "0.37.0" },
    programs: {
      FIREFOX_BIN: [
        "firefox",
        "firefox-esr",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
      ],
      GECKODRIVER: [tool("geckodriver"), "geckodriver"],
    },
  },
  webkit: {
    packages: ["webkit2gtk-driver", "xvfb"],
    programs: { WEBKIT_DRIVER: ["WebKitWebDriver"], XVFB: ["Xvfb"] },
  },
};

/** @typedef {keyof typeof BROWSERS} BrowserName */

export const browserNames = /** @type {BrowserName[]} */ (
  Object.keys(BROWSERS)
);

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string[]} names programs to look for on PATH, or absolute paths */
function firstProgram(names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names
    .flatMap((name) =>
      isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name)),
    )
    .find(isProgram);
}

/**
 * The programs of a browser, found or not, under the environment variables that name them to the tests.
 * @param {BrowserName} name
 */
const programsOf = (name) =>
  Object.entries(BROWSERS[name].programs).map(([variable, places]) => ({
    variable,
    path: process.env[variable] || firstProgram(places),
  }));

/**
 * The environment variables that tell the tests where a browser and its driver are.
 * @param {BrowserName} name
 * @returns {NodeJS.ProcessEnv | undefined} undefined: it is not all there
 */
export function findBrowser(name) {
  const programs = programsOf(name);
  if (programs.some(({ path }) => path === undefined)) return undefined;
  return Object.fromEntries(
    programs.map(({ variable, path }) => [variable, path]),
  );
}

const canInstall = () =>
  process.getuid?.() === 0 &&
  existsSync("/etc/os-release") &&
  /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));

/**
 * Installs the browsers that are missing where that is possible, and says which are not to be had.
 * @param {BrowserName[]} names
 */
export async function installBrowsers(names) {
  const missing = names.filter((name) => !findBrowser(name));
  if (missing.length > 0 && canInstall()) {
    const options = {
      label: "apt-get",
      env: { DEBIAN_FRONTEND: "noninteractive" },
    };
    await must("apt-get", ["update", "-qq"], options);
    const packages = missing.flatMap((name) => BROWSERS[name].packages);
    await must(
      "apt-get",
      ["install", "-qq", "-y", "--no-install-recommends", ...packages],
      options,
    );
  }
  for (const name of missing) {
    /** @type {Browser} */
    const { driver } = BROWSERS[name];
    const lacking = programsOf(name).filter(({ path }) => path === undefined);
    if (
      driver &&
      lacking.length === 1 &&
      lacking[0]?.variable === driver.program
    ) {
      const args = [
        "install",
        driver.crate,
        "--version",
        driver.version,
        "--root",
        toolsDir,
        "--debug",
      ];
      await must("cargo", args, {
        label: "cargo",
        env: { CARGO_PROFILE_DEV_DEBUG: "0" },
      });
    }
    if (!findBrowser(name)) {
      const variables = programsOf(name).map(({ variable }) => variable);
      console.log(
        `No ${name} with its driver was found, so what needs it is skipped; ` +
          `install it, or name its programs in ${variables.join(" and ")}.`,
      );
    }
  }
}
