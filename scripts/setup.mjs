// npm run setup [-- --verify]: all that a fresh clone needs. It runs before anything is installed: Node alone.
import { pathToFileURL } from "node:url";
import { readFile } from "node:fs/promises";
import { browserNames, installBrowsers } from "./lib/browsers.mjs";
import { lockedVersion } from "./lib/cargo-lock.mjs";
import { installCargoTool } from "./lib/cargo-tools.mjs";
import { withLock } from "./lib/lock.mjs";
import { npmPackagesAreInstalled } from "./lib/npm.mjs";
import { inRoot } from "./lib/paths.mjs";
import { Failure, main, must, run } from "./lib/run.mjs";

const MIN_NODE = [20, 19];
const WASM_PACK = "0.15.1";

/**
 * Installs what is missing, one set-up at a time.
 * @param {object} [options]
 * @param {import("./lib/browsers.mjs").BrowserName[]} [options.browsers]
 * @param {boolean} [options.compilerOnly] for native tests: no other tool, no npm package
 */
export async function setup({ browsers = [], compilerOnly = false } = {}) {
  await checkPrerequisites();
  await withLock("setup", async () => {
    await installToolchain();
    if (compilerOnly) return;
    // Side by side: cargo waits for the processor, apt and npm for the network.
    await Promise.all([
      installCargoTools(),
      installNpmPackages(),
      installBrowsers(browsers),
    ]);
  });
}

async function checkPrerequisites() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [minMajor = 0, minMinor = 0] = MIN_NODE;
  if (major < minMajor || (major === minMajor && minor < minMinor)) {
    throw new Failure(
      `Node ${MIN_NODE.join(".")} or later is needed; this is ${process.versions.node}.`,
    );
  }
  /** @type {[string, string][]} */
  const programs = [
    ["npm", "npm is needed; it comes with Node (https://nodejs.org)."],
    [
      "rustup",
      "rustup is needed to install Rust's WebAssembly target (https://rustup.rs).",
    ],
    ["cargo", "cargo is needed; rustup installs it (https://rustup.rs)."],
    [
      "cc",
      "A C compiler (cc) is needed, for Rust links with it; on Debian: apt-get install gcc libc6-dev.",
    ],
  ];
  for (const [program, advice] of programs) {
    if (program === "cc" && process.platform === "win32") continue;
    const found = await run(program, ["--version"], { echo: false }).catch(
      () => undefined,
    );
    if (!found) throw new Failure(advice);
  }
}

/** The compiler, components and target that rust-toolchain.toml names. */
async function installToolchain() {
  const file = await readFile(inRoot("rust-toolchain.toml"), "utf8");
  const channel =
    process.env.RUSTUP_TOOLCHAIN ?? /^channel = "(.+)"$/m.exec(file)?.[1] ?? "";
  const wanted = ["clippy", "rustfmt", "rust-std-wasm32-unknown-unknown"];
  const { code, stdout } = await run(
    "rustup",
    ["component", "list", "--installed", "--toolchain", channel],
    { echo: false },
  );
  if (code === 0 && wanted.every((name) => stdout.includes(name))) return;
  await must(
    "rustup",
    [
      ...[
        "toolchain",
        "install",
        channel,
        "--profile",
        "minimal",
        "--no-self-update",
      ],
      ...[
        "--component",
        "clippy",
        "--component",
        "rustfmt",
        "--target",
        "wasm32-unknown-unknown",
      ],
    ],
    { label: "rustup" },
  );
}

async function installCargoTools() {
  const bindgen = await lockedVersion("wasm-bindgen");
  await installCargoTool("wasm-bindgen-cli", bindgen, {
    program: "wasm-bindgen",
    // Not --locked: its lock file may name a version that was taken back.
    flags: [
      "--no-default-features",
      "--bin=wasm-bindgen",
      "--bin=wasm-bindgen-test-runner",
    ],
  });
  await installCargoTool("wasm-pack", WASM_PACK);
}

async function installNpmPackages() {
  if (await npmPackagesAreInstalled()) return;
  await must("npm", ["ci"], { label: "npm" });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    await setup({
      browsers: process.argv.includes("--verify")
        ? browserNames
        : ["chromium", "webkit"],
    });
    console.log("All is set up.");
  });
}
