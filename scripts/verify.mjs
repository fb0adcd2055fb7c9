// npm run verify [-- --list] [-- --only <stage>[,<stage>...]]: the checks that take long; `npm test` has the others.
import {
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installAppPackages } from "./lib/app-packages.mjs";
import { engineTests, rustBrowserTests } from "./lib/browser-tests.mjs";
import { browserNames } from "./lib/browsers.mjs";
import { installCargoTool } from "./lib/cargo-tools.mjs";
import { check, nodeTests, rustTests } from "./lib/commands.mjs";
import { fingerprint } from "./lib/fingerprint.mjs";
import { inRoot, root, tool } from "./lib/paths.mjs";
import { Failure, main, must } from "./lib/run.mjs";
import { longSimulation } from "./lib/simulation.mjs";
import { runStages } from "./lib/stages.mjs";

const CARGO_DENY = "0.20.2";
// Reads the JSON that rustdoc of the pinned compiler writes.
const CARGO_PUBLIC_API = "0.52.0";

/** @type {import("./lib/stages.mjs").Stage[]} */
const stages = [
  {
    name: "build",
    run: async () => {
      const { build } = await import("./lib/build.mjs");
      await build();
    },
  },
  {
    name: "proof",
    after: ["build"],
    needs: ["chromium"],
    run: (env) => nodeTests(["tests/proof"], env),
  },
  { name: "reproducible", run: reproducible },
  { name: "apps", after: ["build"], needs: ["chromium"], run: apps },
  ...browserNames.map((engine) => ({
    name: `engines-${engine}`,
    after: ["build"],
    needs: [engine],
    run: (/** @type {NodeJS.ProcessEnv} */ env) => engineTests(engine, env),
  })),
  // `npm test` has Chromium's.
  ...browserNames.slice(1).map((engine) => ({
    name: `rust-browser-${engine}`,
    needs: [engine],
    run: (/** @type {NodeJS.ProcessEnv} */ env) =>
      rustBrowserTests(engine, env),
  })),
  { name: "supply-chain", run: supplyChain },
  { name: "rust-api", run: rustApi },
  {
    name: "properties",
    run: () =>
      rustTests(
        "cargo",
        ["test", "--locked", "--release", "--lib", "--test", "core"],
        { PROPTEST_CASES: "20000" },
      ),
  },
  { name: "simulation-long", run: () => longSimulation(600) },
  {
    name: "bites",
    run: async () => {
      const { allBites } = await import("./lib/bites.mjs");
      return allBites();
    },
  },
  {
    name: "machine-wide",
    // One at a time: each holds millions of states in memory.
    run: () =>
      rustTests("cargo", [
        ...["test", "--locked", "--release", "--test", "machine_closure"],
        ...["--", "--ignored", "--nocapture", "--test-threads=1"],
      ]),
  },
];

/** Small apps made from the tarball: each bundler, framework, test runner and kind of page. */
async function apps(/** @type {NodeJS.ProcessEnv} */ env) {
  await installAppPackages();
  return nodeTests(["tests/apps"], env);
}

/** Two clones of the last commit, in folders of different names, give the same package. */
async function reproducible() {
  const parent = await mkdtemp(join(tmpdir(), "cognito-signout-"));
  try {
    const hashes = [];
    // Each clone is made from the one before, so that a commit in between does not count.
    let source = root;
    for (const name of ["one", "the/other one"]) {
      const clone = join(parent, name);
      await must("git", ["clone", "--quiet", source, clone]);
      source = clone;
      // The tools are no part of the question, and take minutes to build.
      await mkdir(join(clone, ".tools"));
      await symlink(inRoot(".tools/bin"), join(clone, ".tools/bin"));
      await symlink(inRoot("node_modules"), join(clone, "node_modules"));
      await must(process.execPath, ["scripts/build.mjs"], {
        cwd: clone,
        label: name,
      });
      hashes.push(await fingerprint([join(clone, "dist")], clone));
    }
    if (new Set(hashes).size !== 1)
      throw new Failure("Two builds of the same commit gave different bytes.");
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** Licences, sources, duplicates. Advisories come from a database on the network: the release workflow asks that. */
async function supplyChain() {
  await installCargoTool("cargo-deny", CARGO_DENY);
  await check(tool("cargo-deny"), ["check", "licenses", "sources", "bans"]);
}

/** The crate's public API on wasm32 is what its reviewed report says; UPDATE_DOCS=1 writes the report. */
async function rustApi() {
  await installCargoTool("cargo-public-api", CARGO_PUBLIC_API, {
    flags: ["--locked"],
  });
  const target = "wasm32-unknown-unknown";
  await check(
    "cargo",
    [
      ...["rustdoc", "--locked", "--lib", "--target", target, "--"],
      ...["-Z", "unstable-options", "--output-format", "json"],
    ],
    // The format is not stable: the pinned compiler and the tool's version go together.
    { RUSTC_BOOTSTRAP: "1" },
  );
  const api = await must(tool("cargo-public-api"), [
    ...["public-api", "--simplified", "--simplified", "--simplified"],
    ...["--rustdoc-json", inRoot(`target/${target}/doc/cognito_signout.json`)],
  ]);
  const report = inRoot("docs/api/rust.txt");
  if (process.env.UPDATE_DOCS) await writeFile(report, `${api}\n`);
  if ((await readFile(report, "utf8")).trim() !== api) {
    console.log(api);
    throw new Failure(
      "The crate's public API is not what docs/api/rust.txt says: review it, then UPDATE_DOCS=1 npm run verify -- --only rust-api.",
    );
  }
}

await main(() => runStages(stages, process.argv.slice(2)));
