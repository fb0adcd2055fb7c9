// npm test [-- --list] [-- --only <stage>[,<stage>...]]: quick enough to run before each commit.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { engineTests, rustBrowserTests } from "./lib/browser-tests.mjs";
import { check, checkWithNode, nodeTests, rustTests } from "./lib/commands.mjs";
import { inRoot, workDir } from "./lib/paths.mjs";
import { Failure, main, run } from "./lib/run.mjs";
import { simulationTests } from "./lib/simulation.mjs";
import { site } from "./lib/site.mjs";
import { runStages } from "./lib/stages.mjs";

const WASM = ["--target", "wasm32-unknown-unknown"];
const ALL = ["--locked", "--all-features"];
const DENY = ["--", "-D", "warnings"];
const SMOKE = ["tests/e2e/smoke.test.mjs"];

// Each folder of JavaScript or TypeScript has its own settings: a page, a server, a consumer of the package.
const TYPESCRIPT_PROJECTS = [
  ".",
  "js",
  "www",
  "www/server",
  "tests/types",
  "tests/types/tsconfig.node16.json",
  "tests/types/tsconfig.libraries.json",
];

/** What git sees as changed; undefined where this is no clone. */
async function changes() {
  const { code, stdout } = await run("git", ["status", "--porcelain"], {
    echo: false,
  });
  return code === 0 ? stdout : undefined;
}

const changedBefore = await changes();

/** @type {import("./lib/stages.mjs").Stage[]} */
const stages = [
  { name: "rustfmt", run: () => check("cargo", ["fmt", "--check"]) },
  {
    name: "prettier",
    run: () =>
      checkWithNode(
        "prettier/bin/prettier.cjs",
        "--check",
        "--log-level=warn",
        ...["--cache", "--cache-strategy=content"],
        `--cache-location=${join(workDir, "prettier")}`,
        ".",
      ),
  },
  {
    name: "clippy",
    run: () => check("cargo", ["clippy", "--all-targets", ...ALL, ...DENY]),
  },
  {
    name: "clippy-wasm",
    run: () =>
      check("cargo", ["clippy", "--all-targets", ...WASM, ...ALL, ...DENY]),
  },
  {
    name: "rustdoc",
    run: async () => {
      for (const target of [[], WASM]) {
        await check("cargo", ["doc", "--no-deps", ...target, ...ALL], {
          RUSTDOCFLAGS: "-D warnings",
        });
      }
    },
  },
  {
    name: "rust",
    // The properties meet the same inputs each time; `npm run verify` has them meet new ones.
    run: () =>
      rustTests("cargo", ["test", ...ALL], { PROPTEST_RNG_SEED: "2026" }),
  },
  {
    name: "simulation",
    // Some 40 s on two cores. The stage "rust" plays a few of them, without optimisation.
    run: () => simulationTests({ from: 0, to: 100_000 }),
  },
  {
    name: "rust-browser",
    needs: ["chromium"],
    run: (env) => rustBrowserTests("chromium", env),
  },
  {
    name: "build",
    run: async () => {
      const { build } = await import("./lib/build.mjs");
      await build();
    },
  },
  {
    name: "eslint",
    after: ["build"],
    run: () => checkWithNode("eslint/bin/eslint.js", "--max-warnings=0", "."),
  },
  {
    name: "typescript",
    after: ["build"],
    run: async () => {
      // What it knows of each file's last state is kept; a file is checked anew where it or what it imports changed.
      for (const project of TYPESCRIPT_PROJECTS)
        await checkWithNode(
          "typescript/bin/tsc",
          ...["-p", project, "--incremental", "--tsBuildInfoFile"],
          join(workDir, "tsc", `${project.replaceAll("/", "-")}.tsbuildinfo`),
        );
    },
  },
  {
    name: "local-cognito",
    run: () => nodeTests(["www/server/test", "tests/local-cognito"]),
  },
  {
    name: "docs",
    after: ["build"],
    run: () => nodeTests(["tests/docs", "tests/types"]),
  },
  {
    name: "site",
    after: ["build"],
    needs: ["chromium"],
    run: async (env) => {
      await site();
      return nodeTests(["tests/site"], env);
    },
  },
  { name: "pack", after: ["build"], run: pack },
  {
    name: "package",
    after: ["pack"],
    needs: ["chromium"],
    run: (env) => nodeTests(["tests/package"], env),
  },
  {
    name: "e2e",
    after: ["pack"],
    needs: ["chromium"],
    run: (env) => nodeTests(["tests/e2e"], env),
  },
  {
    name: "smoke-firefox",
    after: ["pack"],
    // Its driver takes minutes to build: `npm run verify` does that.
    uses: ["firefox"],
    run: (env) => engineTests("firefox", env, SMOKE),
  },
  {
    name: "smoke-webkit",
    after: ["pack"],
    needs: ["webkit"],
    run: (env) => engineTests("webkit", env, SMOKE),
  },
  {
    name: "interop",
    after: ["pack"],
    needs: ["chromium"],
    run: (env) => nodeTests(["tests/interop"], env),
  },
  {
    name: "demo",
    after: ["build"],
    needs: ["chromium"],
    run: (env) => nodeTests(["tests/demo"], env),
  },
  {
    name: "size",
    run: async () => {
      const { build, checkSize } = await import("./lib/build.mjs");
      checkSize(await build());
    },
  },
  {
    name: "clean-tree",
    run: async () => {
      if (changedBefore !== "") {
        console.log(
          "This is no clean clone, so it can't be told whether the run changed files.",
        );
      } else if ((await changes()) !== "") {
        throw new Failure(
          `The run changed files that git knows of:\n${await changes()}`,
        );
      }
    },
  },
];

/** Makes `.build/cognito-signout-<version>.tgz`, which the tests of the package install. */
async function pack() {
  const { version } = JSON.parse(
    await readFile(inRoot("package.json"), "utf8"),
  );
  const tarball = join(workDir, `cognito-signout-${version}.tgz`);
  await rm(tarball, { force: true });
  await check("npm", [
    "pack",
    "--pack-destination",
    workDir,
    "--loglevel=warn",
  ]);
}

await main(() => runStages(stages, process.argv.slice(2)));
