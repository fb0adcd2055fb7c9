// The examples, as a stranger finds them: each says in five lines how it is started, is set to the local Cognito as that comes, and installs
// the package from the tarball. `npm run verify` builds and runs them.
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startLocalCognito } from "cognito-signout-dev";
import { examples, prepare } from "../../scripts/lib/examples.mjs";
import { packed } from "../../scripts/lib/pack.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { must } from "../../scripts/lib/run.mjs";
import { filesBelow } from "../../scripts/lib/fingerprint.mjs";
import { read } from "../docs/markdown.mjs";

const RUST = ["leptos", "yew"];
const names = await examples();

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "cognito-signout-example-"));
});
after(() => rm(folder, { recursive: true }));

test("each has a README of five lines", async () => {
  for (const name of [...names, ...RUST]) {
    const lines = (await read(`examples/${name}/README.md`)).trimEnd();
    const written = lines.split("\n").filter((line) => line !== "");
    assert.equal(written.length, 5, name);
    assert.match(written.join("\n"), /`npm run cognito\b/, name);
  }
});

test("each is TypeScript, and asks for a version that this one satisfies", async () => {
  assert.ok(names.length >= 10);
  const { version } = JSON.parse(await read("package.json"));
  for (const name of names) {
    const files = await filesBelow(inRoot("examples", name, "src"));
    assert.deepEqual(
      files.filter((file) => /\.[cm]?jsx?$/.test(file)),
      [],
    );
    await read(`examples/${name}/tsconfig.json`);
    const { dependencies } = JSON.parse(
      await read(`examples/${name}/package.json`),
    );
    assert.equal(dependencies["cognito-signout"], `^${version}`, name);
  }
});

test("each is set to the local Cognito", async () => {
  const cognito = await startLocalCognito({ port: 0 });
  await cognito.close();
  const { userPoolId, clientId } = cognito;
  const [, port = ""] =
    /^\s*--port <n> .*\((\d+);/m.exec(await read("www/server/src/cli.js")) ??
    [];
  for (const name of [...names, ...RUST]) {
    const file = RUST.includes(name) ? "config.json" : "src/config.ts";
    const text = await read(`examples/${name}/${file}`);
    for (const said of [userPoolId, clientId, `"http://localhost:${port}"`])
      assert.ok(text.includes(said), `${name}: ${said}`);
  }
});

test("npm install takes the package from the tarball, and again when that has changed", async () => {
  const tarball = join(folder, "package.tgz");
  await cp(await packed(), tarball);
  const app = join(folder, "app");
  // Of all that an example installs this alone: the rest needs a registry.
  const { version } = JSON.parse(await read("package.json"));
  await cp(inRoot("examples/plain-html"), app, {
    recursive: true,
    filter: (path) => !/node_modules|package-lock|build/.test(path),
  });
  await writeFile(
    join(app, "package.json"),
    JSON.stringify({
      name: "app",
      dependencies: { "cognito-signout": `^${version}` },
    }),
  );
  const install = () => must("npm", ["install", "--offline"], { cwd: app });
  const installed = join(app, "node_modules/cognito-signout/package.json");
  await prepare(app, tarball);
  assert.match(
    await readFile(join(app, "package-lock.json"), "utf8"),
    /"file:\.\.\/package\.tgz"/,
  );
  await install();
  assert.equal(JSON.parse(await readFile(installed, "utf8")).version, version);

  // Another build of the same version.
  const other = join(folder, "package");
  await must("tar", ["-xzf", tarball, "-C", folder]);
  const manifest = JSON.parse(
    await readFile(join(other, "package.json"), "utf8"),
  );
  await writeFile(
    join(other, "package.json"),
    JSON.stringify({ ...manifest, description: "changed" }),
  );
  await must("tar", ["-czf", tarball, "-C", folder, "package"]);
  await prepare(app, tarball);
  await install();
  assert.equal(
    JSON.parse(await readFile(installed, "utf8")).description,
    "changed",
  );
});
