// The tarball itself: what is in it, what importing it does, and what it is where there is no browser.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { inRoot, root } from "../../scripts/lib/paths.mjs";
import { sizeOf } from "../../scripts/lib/sizes.mjs";
import { snippets } from "../docs/markdown.mjs";
import { builtApp } from "../e2e/lib/app.mjs";

const execute = promisify(execFile);

/** @type {import("../e2e/lib/app.mjs").App} */
let app;
before(async () => {
  app = await builtApp();
});

const MAIN = [
  "AuthError",
  "configure",
  "createClient",
  "fromAmplify",
  "fromOidcSettings",
  "globalSignOut",
  "isAuthError",
  "isSigningOut",
  "loadTokens",
  "onSignedOut",
  "preload",
  "refreshTokens",
  "revokeToken",
  "signOut",
  "storeTokens",
  "takeSignOutResult",
];

/** What can be imported, and the names that each has: one line here for each subpath. */
const NAMES = {
  index: MAIN,
  amplify: ["connectAmplify"],
  describe: ["describe"],
  eager: MAIN,
  "oidc-client-ts": ["connectUserManager"],
  react: ["useSignOut", "useSignedOut"],
  slim: [...MAIN, "integrity", "setWasmUrl"].sort(),
  testing: ["authError", "completeResult", "failedResult", "partialResult"],
};
const ENTRIES = Object.keys(NAMES);
const SUBPATHS = ENTRIES.slice(1);

/** The file of an entry in CommonJS: bundlers don't split it, so the package itself is the eager one. @param {string} name */
const commonJS = (name) => (name === "eager" ? "index" : name);

/** @param {string} name */
const specifier = (name) =>
  name === "index" ? "cognito-signout" : `cognito-signout/${name}`;

/**
 * Runs a module in a fresh Node, next to the installed package; it prints JSON.
 * @param {string} source
 * @param {RegExp} [warning] what it prints on standard error
 * @returns {Promise<any>}
 */
async function inNode(source, warning = /^$/) {
  const { stdout, stderr } = await execute(
    process.execPath,
    ["--input-type=module", "--unhandled-rejections=strict", "-e", source],
    { cwd: app.root },
  );
  assert.match(stderr, warning);
  return JSON.parse(stdout);
}

test("the tarball holds these files and no other", async () => {
  const { stdout } = await execute("tar", ["-tzf", app.tarball]);
  assert.deepEqual(
    stdout.trim().split("\n").sort(),
    [
      "package/CHANGELOG.md",
      "package/LICENSE-APACHE",
      "package/LICENSE-MIT",
      "package/README.md",
      ...ENTRIES.flatMap((name) => [
        ...["d.cts", "d.ts", "js"].map(
          (type) => `package/dist/${name}.${type}`,
        ),
        ...(commonJS(name) === name ? [`package/dist/${name}.cjs`] : []),
      ]),
      // The import maps for CDNs.
      "package/dist/cdn.md",
      // The engine: in the chunk of the package itself, as JavaScript, and for those who serve it themselves.
      "package/dist/cognito-signout-engine.js",
      "package/dist/cognito-signout-fallback.cjs",
      "package/dist/cognito-signout-fallback.js",
      "package/dist/engine.wasm",
      // Folders for tools that do not read `exports`.
      ...SUBPATHS.map((name) => `package/${name}/package.json`),
      "package/package.json",
    ].sort(),
  );
});

test("package.json says what bundlers, Node and npm need", async () => {
  const own = JSON.parse(await readFile(inRoot("package.json"), "utf8"));
  const packed = JSON.parse(
    await readFile(join(app.installed, "package.json"), "utf8"),
  );
  assert.equal(packed.name, "cognito-signout");
  assert.equal(packed.version, own.version);
  assert.equal(packed.license, "Apache-2.0 OR MIT");
  assert.equal(packed.type, "module");
  assert.equal(packed.sideEffects, false);
  // In this order: the first condition that fits counts.
  assert.equal(
    JSON.stringify(packed.exports),
    JSON.stringify({
      ...Object.fromEntries(
        ENTRIES.map((name) => [
          name === "index" ? "." : `./${name}`,
          {
            import: {
              types: `./dist/${name}.d.ts`,
              default: `./dist/${name}.js`,
            },
            require: {
              types: `./dist/${name}.d.cts`,
              default: `./dist/${commonJS(name)}.cjs`,
            },
          },
        ]),
      ),
      "./engine.wasm": "./dist/engine.wasm",
      "./package.json": "./package.json",
    }),
  );
  // For Parcel and other tools that ignore `exports`.
  assert.equal(packed.main, "./dist/index.cjs");
  assert.equal(packed.module, "./dist/index.js");
  assert.equal(packed.types, "./dist/index.d.ts");
  for (const name of SUBPATHS)
    assert.deepEqual(
      JSON.parse(
        await readFile(join(app.installed, name, "package.json"), "utf8"),
      ),
      {
        main: `../dist/${commonJS(name)}.cjs`,
        module: `../dist/${name}.js`,
        types: `../dist/${name}.d.ts`,
        sideEffects: false,
      },
    );
  for (const field of [
    "dependencies",
    "optionalDependencies",
    "bin",
    "private",
  ])
    assert.equal(packed[field], undefined, field);
  for (const name of Object.keys(packed.peerDependencies))
    assert.deepEqual(packed.peerDependenciesMeta[name], { optional: true });
  for (const script of ["preinstall", "install", "postinstall", "prepare"])
    assert.equal(packed.scripts?.[script], undefined, script);
  assert.ok(packed.repository && packed.description && packed.keywords);
});

test("no code from strings, no asset beside it, no path of the machine that built it", async () => {
  const files = (await readdir(join(app.installed, "dist"))).sort();
  for (const file of files) {
    const text = await readFile(join(app.installed, "dist", file), "utf8");
    assert.equal(text.includes(root), false, file);
    assert.equal(text.includes("/.cargo/"), false, file);
    if (!/\.c?js$/.test(file)) continue;
    for (const banned of [
      /\beval\(/,
      /new Function\(/,
      /import\.meta/,
      /\bprocess\./,
      /sourceMappingURL/,
      /innerHTML|document\.write/,
    ])
      assert.doesNotMatch(text, banned, file);
  }
});

for (const [format, load] of [
  ["ES module", 'await import("cognito-signout")'],
  [
    "CommonJS",
    '(await import("node:module")).createRequire(`${process.cwd()}/`)("cognito-signout")',
  ],
])
  test(`the engine that runs is byte for byte dist/engine.wasm (${format})`, async () => {
    const published = await readFile(join(app.installed, "dist/engine.wasm"));
    const run = await inNode(`
      const { preload } = ${load};
      // A worker, as far as the package can tell.
      globalThis.WorkerGlobalScope = class {};
      globalThis.location = new URL("https://app.example.com/worker.js");
      const { instantiate } = WebAssembly;
      const seen = [];
      WebAssembly.instantiate = (bytes, imports) => {
        // Node has small modules of its own.
        if (bytes.byteLength > 1e5) seen.push(Buffer.from(bytes).toString("base64"));
        return instantiate(bytes, imports);
      };
      await preload();
      console.log(JSON.stringify(seen));
    `);
    assert.deepEqual(run, [published.toString("base64")]);
  });

/** Says on standard error what is loaded of the engine, and stands for the libraries. */
const HOOKS = `
import { writeSync } from "node:fs";
export const resolve = (name, context, next) => name.startsWith("aws-amplify")
  ? { url: "data:text/javascript,export const Hub = {}, getCurrentUser = 0, signOut = 0", shortCircuit: true }
  : next(name, context);
export const load = (url, context, next) => {
  if (/engine|fallback/.test(url)) writeSync(2, url);
  return next(url, context);
};
`;

for (const [name, names] of Object.entries(NAMES))
  test(`importing ${specifier(name)} does nothing: no request, no WebAssembly, no storage, no timer, no listener`, async () => {
    const seen = await inNode(`
    const { register } = await import("node:module");
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(HOOKS)}));
    const touched = [];
    const trap = (name) => () => { touched.push(name); throw new Error(name); };
    const traps = (name) => new Proxy(function () {}, {
      get: (_, key) => trap(name + "." + String(key))(),
      apply: trap(name), construct: trap("new " + name),
    });
    for (const name of ["fetch", "WebAssembly", "localStorage", "sessionStorage", "navigator", "document", "location",
      "BroadcastChannel", "DecompressionStream", "setTimeout", "setInterval", "queueMicrotask", "addEventListener", "atob"])
      Object.defineProperty(globalThis, name, { configurable: true, value: traps(name) });
    globalThis.window = globalThis;
    const before = Reflect.ownKeys(globalThis).length;
    const cs = await import("${specifier(name)}");
    await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify({
      touched, globals: Reflect.ownKeys(globalThis).length - before, names: Object.keys(cs).sort(),
    }));
  `);
    assert.deepEqual(seen, { touched: [], globals: 0, names });
  });

test("the chunks have nothing but what the entries ask them for", async () => {
  const names = await inNode(`
    const names = (file) => import("./node_modules/cognito-signout/dist/cognito-signout-" + file + ".js").then(Object.keys);
    console.log(JSON.stringify([await names("engine"), await names("fallback")]));
  `);
  assert.deepEqual(names, [["start"], ["createGlue", "createInstance"]]);
});

test("in CommonJS the package itself is the eager one", async () => {
  const isOne = await inNode(`
    const require = (await import("node:module")).createRequire(process.cwd() + "/");
    console.log(require("cognito-signout") === require("cognito-signout/eager"));
  `);
  assert.equal(isOne, true);
});

test("the types are the same for both kinds of modules", async () => {
  for (const name of ENTRIES) {
    const [types, same] = await Promise.all(
      ["d.ts", "d.cts"].map((ending) =>
        readFile(join(app.installed, "dist", `${name}.${ending}`), "utf8"),
      ),
    );
    assert.equal(same, types, name);
  }
});

/** Once, whatever is called. */
const ON_A_SERVER =
  /^cognito-signout: This needs a browser; .* https:\/\/\S+\/docs\/errors\.md#invalidstate\n$/;

test("on a server it is inert", async () => {
  const seen = await inNode(
    `
    const trap = (name) => () => { throw new Error(name + " on a server"); };
    globalThis.fetch = trap("fetch");
    WebAssembly.instantiate = WebAssembly.compile = trap("WebAssembly");
    const cs = await import("cognito-signout");
    const codeOf = (promise) => promise.then(() => "resolved", (error) =>
      cs.isAuthError(error) && error instanceof Error ? error.code : String(error));
    const off = cs.onSignedOut(() => {});
    const config = { userPoolId: "eu-west-1_AbCdEfGhI", userPoolClientId: "1example23456789" };
    const client = cs.createClient(config);
    const before = await cs.signOut();
    const configured = await codeOf(cs.configure(config));
    // As a module-level call does it: not awaited, and even with nonsense.
    cs.configure(null);
    const result = await cs.signOut({ global: true });
    console.log(JSON.stringify({
      before: before.error.code,
      configured,
      status: result.status,
      signedOutLocally: result.signedOutLocally,
      code: result.error.code,
      steps: result.steps,
      loaded: await cs.loadTokens(),
      taken: await cs.takeSignOutResult(),
      signingOut: cs.isSigningOut(),
      off: [typeof off, typeof off()],
      preload: await codeOf(cs.preload()),
      rejected: await Promise.all([
        cs.storeTokens({ accessToken: "a.b.c" }), cs.refreshTokens(), cs.revokeToken("t"), cs.globalSignOut("t"),
      ].map(codeOf)),
      client: [(await client.signOut()).error.code, await client.loadTokens(), client.isSigningOut()],
    }));
  `,
    ON_A_SERVER,
  );
  assert.deepEqual(seen, {
    before: "invalidState",
    configured: "resolved",
    status: "failed",
    signedOutLocally: false,
    code: "invalidState",
    steps: [],
    loaded: null,
    taken: null,
    signingOut: false,
    off: ["function", "undefined"],
    preload: "resolved",
    rejected: Array(4).fill("invalidState"),
    client: ["invalidState", null, false],
  });
});

const CONSUMER = `
import { configure, signOut, takeSignOutResult, onSignedOut, isAuthError, AuthError } from "cognito-signout";
import type { Config, SignOutResult, SignOutStep, Tokens } from "cognito-signout";

const config: Config = { userPoolId: "eu-west-1_AbCdEfGhI", userPoolClientId: "1example23456789" };
export const configured: Promise<void> = configure(config);

export async function leave(): Promise<string> {
  const result: SignOutResult = await signOut({ global: true, hostedUI: "none" });
  switch (result.status) {
    case "complete": return String(result.wasSignedIn);
    case "partial": return String((await result.retry?.())?.status) + String(result.revokeTokenError?.error.code);
    case "failed": return result.error.recoverySuggestion;
  }
}
export const stop: () => void = onSignedOut(({ reason }) => void reason);
export const check = (thrown: unknown): string => isAuthError(thrown) ? thrown.code : thrown instanceof AuthError ? "" : "";
export type All = [SignOutStep, Tokens, Awaited<ReturnType<typeof takeSignOutResult>>];
// @ts-expect-error there is no such option
void signOut({ globl: true });
`;

for (const [moduleResolution, module] of /** @type {const} */ ([
  ["bundler", "esnext"],
  ["node16", "node16"],
]))
  test(`types resolve with moduleResolution ${moduleResolution}`, async () => {
    const file = join(app.root, `consumer-${moduleResolution}.mts`);
    await writeFile(file, CONSUMER);
    try {
      await execute(
        process.execPath,
        [
          inRoot("node_modules/typescript/bin/tsc"),
          "--noEmit",
          "--strict",
          "--exactOptionalPropertyTypes",
          "--ignoreConfig",
          ...["--lib", "es2022,dom"],
          ...["--target", "es2022"],
          ...["--module", module],
          ...["--moduleResolution", moduleResolution],
          file,
        ],
        { cwd: app.root },
      ).catch(({ stdout }) => assert.fail(stdout));
    } finally {
      await rm(file);
    }
  });

test("an import that is not used weighs nothing", async () => {
  const imports = Object.entries(NAMES).map(
    ([name, [first]], i) =>
      `import { ${first} as unused${i} } from "${specifier(name)}";`,
  );
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `${imports.join("\n")}\nconsole.log("app")`,
      resolveDir: app.root,
    },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  assert.equal(outputFiles[0]?.text, 'console.log("app");\n');
});

test("imported lazily, as the guide has it, it costs the page less than 1 KB until it is called", async () => {
  const lazy = (await snippets("docs/guide/csp-and-bundlers.md")).filter(
    ({ code }) => code.includes('await import("cognito-signout")'),
  );
  assert.equal(lazy.length, 1);
  const { outputFiles, metafile } = await esbuild.build({
    stdin: {
      contents: lazy[0]?.code ?? "",
      resolveDir: app.root,
      loader: "ts",
    },
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    metafile: true,
    outdir: app.root,
    write: false,
  });
  const [entry, ...chunks] = outputFiles;
  assert.ok(entry && chunks.length > 0);
  // Nothing comes along with the page but the entry itself.
  const imports = Object.values(metafile.outputs).find(
    ({ entryPoint }) => entryPoint === "<stdin>",
  )?.imports;
  assert.deepEqual(
    imports?.map(({ kind }) => kind),
    ["dynamic-import"],
  );
  const { gzip } = sizeOf(entry.contents);
  assert.ok(gzip < 1000, `${gzip} bytes gzipped`);
});
