// What the project is made of: each part has its reason in ARCHITECTURE.md, and comes as it was locked.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { read } from "./markdown.mjs";

const WORKFLOWS = ".github/workflows";

/** @param {string} path a folder with a package.json */
async function npmDependencies(path) {
  const { dependencies, devDependencies, overrides } = JSON.parse(
    await read(`${path}/package.json`),
  );
  return Object.keys({ ...dependencies, ...devDependencies, ...overrides });
}

async function crates() {
  const manifest = await read("Cargo.toml");
  return [...manifest.matchAll(/^\[.*dependencies\]\n((?:\S.*\n)*)/gm)].flatMap(
    ([, lines = ""]) =>
      [...lines.matchAll(/^([\w-]+) = /gm)].map(([, name]) => name),
  );
}

test("every dependency has its reason in ARCHITECTURE.md, and no reason has outlived its dependency", async () => {
  const { workspaces } = JSON.parse(await read("package.json"));
  const packages = await Promise.all([".", ...workspaces].map(npmDependencies));
  // The packages of this repository need no reason.
  const wanted = new Set(
    [...(await crates()), ...packages.flat()].filter(
      (name) => !name?.startsWith("cognito-signout"),
    ),
  );
  const section =
    (await read("ARCHITECTURE.md"))
      .split("\n## Dependencies\n")[1]
      ?.split("\n## ")[0] ?? "";
  const named = new Set(
    [...section.matchAll(/^- (`.*?): /gm)].flatMap(([, cell = ""]) =>
      // What stands in brackets says where it is used.
      [...cell.replace(/\(.*?\)/g, "").matchAll(/`(@?[\w/-]+)`/g)].map(
        ([, name]) => name,
      ),
    ),
  );
  assert.deepEqual([...named].sort(), [...wanted].sort());
});

test("every npm package is locked by its hash", async () => {
  /** @type {Record<string, { link?: boolean, integrity?: string }>} */
  const packages = JSON.parse(await read("package-lock.json")).packages;
  const installed = Object.entries(packages).filter(
    ([path, { link }]) => path.includes("node_modules/") && !link,
  );
  assert.ok(installed.length > 100);
  for (const [path, { integrity }] of installed)
    assert.match(integrity ?? "none", /^sha512-/, path);
});

test("every crate is locked by its hash, and comes from crates.io", async () => {
  const packages = (await read("Cargo.lock")).split("\n[[package]]\n").slice(1);
  assert.ok(packages.length > 50);
  for (const text of packages.filter(
    (text) => !/^name = "cognito-signout"$/m.test(text),
  )) {
    assert.match(
      text,
      /^source = "registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index"$/m,
    );
    assert.match(text, /^checksum = "[0-9a-f]{64}"$/m);
  }
});

test("the workflows use actions by their commit, and publish from a job that runs nothing else", async () => {
  for (const name of await readdir(inRoot(WORKFLOWS))) {
    const workflow = await read(`${WORKFLOWS}/${name}`);
    const uses = [...workflow.matchAll(/^ *- uses: (.*)$/gm)];
    assert.ok(uses.length > 0, name);
    for (const [, action = ""] of uses)
      assert.match(action, /^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, name);
    assert.match(workflow, /^permissions:\n {2}contents: read\n/m, name);
    for (const job of workflow.split(/^ {2}(?=\w+:$)/m))
      if (job.includes("id-token: write"))
        assert.doesNotMatch(
          job,
          /npm (?:ci|install|run|test)|cargo (?:build|test|install)/,
          name,
        );
  }
  const release = await read(`${WORKFLOWS}/release.yml`);
  assert.match(release, /npm publish .*--provenance/);
  assert.doesNotMatch(release, /secrets\./);
});
