// The package as `npm pack` makes it: what is in it, what importing it does, and whether its types are found.
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import * as esbuild from "esbuild";
import { inRoot, workDir } from "../../scripts/lib/paths.mjs";
import { must, run } from "../../scripts/lib/run.mjs";
import { packed } from "../e2e/lib/app.mjs";

const app = join(workDir, "consumer");
const installed = join(app, "node_modules/cognito-signout");
/** @type {string} */
let tarball;

before(async () => {
  tarball = await packed();
  await rm(app, { recursive: true, force: true });
  await mkdir(installed, { recursive: true });
  await must("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
  await writeFile(join(app, "package.json"), '{ "type": "module" }');
});

test("the tarball holds what users need, and nothing else", async () => {
  const files = (await must("tar", ["-tzf", tarball])).split("\n").sort();
  assert.deepEqual(files, [
    "package/CHANGELOG.md",
    "package/LICENSE-APACHE",
    "package/LICENSE-MIT",
    "package/README.md",
    "package/dist/index.d.ts",
    "package/dist/index.js",
    "package/package.json",
  ]);
});

test("package.json: one ES module, its types first, no dependencies, no scripts at install", async () => {
  const manifest = JSON.parse(
    await readFile(join(installed, "package.json"), "utf8"),
  );
  assert.equal(manifest.type, "module");
  assert.equal(manifest.sideEffects, false);
  assert.equal(manifest.license, "Apache-2.0 OR MIT");
  assert.equal(Object.keys(manifest.exports["."])[0], "types");
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependencies, undefined);
  for (const name of ["preinstall", "install", "postinstall", "prepare"])
    assert.equal(manifest.scripts?.[name], undefined);
});

test("the module imports nothing, and evaluates no text as code", async () => {
  const code = await readFile(join(installed, "dist/index.js"), "utf8");
  for (const banned of [
    "eval(",
    "new Function(",
    "import(",
    "import.meta",
    "require(",
  ])
    assert.ok(!code.includes(banned), `dist/index.js has ${banned}`);
  assert.ok(!/^import\b/m.test(code), "dist/index.js has an import");
});

const INERT = `
  const touched = [];
  for (const name of ["WebAssembly", "fetch", "localStorage", "DecompressionStream", "BroadcastChannel", "setTimeout"])
    Object.defineProperty(globalThis, name, { get() { touched.push(name); } });
  const cs = await import("cognito-signout");
  console.log(JSON.stringify(touched));
`;

test("importing it does nothing", async () => {
  const file = join(app, "inert.js");
  await writeFile(file, INERT);
  assert.equal(await must(process.execPath, [file], { cwd: app }), "[]");
});

const SERVER = `
  import * as cs from "cognito-signout";
  const config = { userPoolId: "us-east-1_AbCdEfGhI", userPoolClientId: "abc" };
  let heard = 0;
  const stop = cs.onSignedOut(() => heard++);
  const seen = [await cs.configure(config), await cs.loadTokens(), await cs.takeSignOutResult(), cs.isSigningOut()];
  const result = await cs.signOut();
  const client = cs.createClient(config);
  const own = await client.signOut();
  const refused = await cs.storeTokens({ accessToken: "x" }).catch((error) => error);
  stop();
  await cs.preload();
  console.log(JSON.stringify([seen, result.status, result.error.code, own.error.code, refused.code, cs.isAuthError(refused), heard]));
`;

test("on a server it is inert, as the contract says", async () => {
  const file = join(app, "server.js");
  await writeFile(file, SERVER);
  assert.deepEqual(
    JSON.parse(await must(process.execPath, [file], { cwd: app })),
    [
      [null, null, null, false],
      "failed",
      "invalidState",
      "invalidState",
      "invalidState",
      true,
      0,
    ],
  );
});

test("an import that is not used weighs nothing", async () => {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: 'import { signOut } from "cognito-signout"; console.log("app")',
      resolveDir: app,
    },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  assert.equal(outputFiles[0]?.text, 'console.log("app");\n');
});

const CONSUMER = `
  import { configure, isAuthError, signOut, type SignOutResult } from "cognito-signout";
  const result: SignOutResult = await signOut({ global: true });
  if (result.status === "partial") await result.retry();
  // @ts-expect-error: only a partial result can be retried
  else result.retry();
  await configure({ userPoolId: "us-east-1_AbCdEfGhI", userPoolClientId: "abc" }).catch((error: unknown) => isAuthError(error) && error.code);
`;

for (const { module, moduleResolution } of [
  { module: "esnext", moduleResolution: "bundler" },
  { module: "node16", moduleResolution: "node16" },
])
  test(`its types are found and narrow: moduleResolution ${moduleResolution}`, async () => {
    const folder = join(app, moduleResolution);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "consumer.ts"), CONSUMER);
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          target: "es2022",
          lib: ["es2022", "dom"],
          types: [],
          module,
          moduleResolution,
        },
      }),
    );
    const { code, stdout } = await run(
      process.execPath,
      [inRoot("node_modules/typescript/bin/tsc"), "-p", folder],
      { cwd: app, echo: false },
    );
    assert.equal(code, 0, stdout);
  });
