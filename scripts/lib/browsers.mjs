import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { tool, toolsDir } from "./paths.mjs";
import { must } from "./run.mjs";

/**
 * What each engine needs: Debian's packages, crates, and for each environment variable that names a program the
 * places to look for it. A variable that is already set wins.
 */
const BROWSERS = {
  chromium: {
    packages: ["chromium", "chromium-driver"],
    crates: {},
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
    crates: { geckodriver: "0.37.0" },
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
    crates: {},
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
 * The environment variables that tell the tests where a browser and its driver are.
 * @param {BrowserName} name
 * @returns {NodeJS.ProcessEnv | undefined} undefined: it is not all there
 */
export function findBrowser(name) {
  /** @type {NodeJS.ProcessEnv} */
  const found = {};
  for (const [variable, places] of Object.entries(BROWSERS[name].programs)) {
    const path = process.env[variable] ?? firstProgram(places);
    if (path === undefined) return undefined;
    found[variable] = path;
  }
  return found;
}

const canInstall = () =>
  process.getuid?.() === 0 &&
  existsSync("/etc/os-release") &&
  /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));

/**
 * Installs the browsers that are missing where that is possible, and names those that are not to be had.
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
    for (const [crate, version] of Object.entries(BROWSERS[name].crates)) {
      const args = [
        "install",
        crate,
        "--version",
        version,
        "--root",
        toolsDir,
        "--debug",
      ];
      await must("cargo", args, {
        label: "cargo",
        env: { CARGO_PROFILE_DEV_DEBUG: "0" },
      });
    }
  }
  for (const name of missing.filter((name) => !findBrowser(name))) {
    console.log(
      `No ${name} with its WebDriver was found, so what needs it is skipped (${howToGet(name)}).`,
    );
  }
}

/** @param {BrowserName} name */
const howToGet = (name) =>
  `install it, or set ${Object.keys(BROWSERS[name].programs).join(" and ")}`;
