// RELEASING.md names what is published, and the files and commands that are there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../scripts/lib/run.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { read } from "./markdown.mjs";

const text = await read("RELEASING.md");

test("it names every package that can be published, and no other", async (t) => {
  const { code, stdout } = await run("git", ["ls-files", "*package.json"], {
    echo: false,
  });
  if (code !== 0) return t.skip("this is no clone");
  const manifests = await Promise.all(
    stdout
      .trim()
      .split("\n")
      .map(async (file) => JSON.parse(await read(file))),
  );
  const published = manifests.filter((manifest) => !manifest.private);
  const crate = /^name = "(.+)"$/m.exec(await read("Cargo.toml"))?.[1];
  const named = [...text.matchAll(/^\| `([\w-]+)` +\| (npm|crates\.io) /gm)];
  assert.deepEqual(
    named.map(([, name, where]) => `${name} on ${where}`).sort(),
    [
      ...published.map(({ name }) => `${name} on npm`),
      `${crate} on crates.io`,
    ].sort(),
  );
});

test("the local Cognito is published with the same licenses", async () => {
  for (const file of ["LICENSE-APACHE", "LICENSE-MIT"])
    assert.equal(await read(`www/server/${file}`), await read(file), file);
});

test("its environments are those of the workflow", async () => {
  const workflow = await read(".github/workflows/release.yml");
  const environments = workflow.matchAll(/^ +environment: (\S+)$/gm);
  for (const [, name] of environments)
    assert.ok(text.includes(`\`${name}\``), name);
  assert.match(workflow, /environment: github-pages\n/);
});

test("its options of the real pool are there", async () => {
  const { stdout } = await run(
    process.execPath,
    [inRoot("scripts/real-pool.mjs"), "--help"],
    { echo: false },
  );
  const [, command = ""] = /npm run real-pool((?:.*\\\n)*.*)/.exec(text) ?? [];
  const options = [...command.matchAll(/ (--[\w-]+)/g)].map(([, name]) => name);
  assert.ok(options.length > 5);
  for (const name of options) assert.ok(stdout.includes(` ${name} `), name);
});
