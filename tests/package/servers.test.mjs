// Servers that are no Node: some have a worker's global, a window or a location, and none has a user to sign out.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { workDir } from "../../scripts/lib/paths.mjs";
import { builtApp } from "../e2e/lib/app.mjs";

const execute = promisify(execFile);

/** @type {import("../e2e/lib/app.mjs").App} */
let app;
before(async () => {
  app = await builtApp();
});

const CONFIG = `{ userPoolId: "eu-west-1_AbCdEfGhI", userPoolClientId: "1example23456789" }`;

/** What apps do when their modules are evaluated, and what comes of it. `report` is for later. */
const APP = `
import * as cs from "cognito-signout";
import { connectAmplify } from "cognito-signout/amplify";
import * as eager from "cognito-signout/eager";
import { connectUserManager } from "cognito-signout/oidc-client-ts";
import * as slim from "cognito-signout/slim";
import { completeResult } from "cognito-signout/testing";

// Nothing is awaited and nothing is caught.
cs.configure(${CONFIG});
const client = cs.createClient(${CONFIG});
const off = cs.onSignedOut(() => {});
const early = { signOut: cs.signOut(), loaded: cs.loadTokens(), taken: cs.takeSignOutResult(), preload: cs.preload() };
cs.isSigningOut();
client.signOut({ hostedUI: "popup" });
// Nonsense is told in the browser.
cs.configure(null);
cs.createClient({ nonsense: true });
for (const other of [eager, slim]) other.configure(${CONFIG});
slim.setWasmUrl("https://app.example.com/engine.wasm");
off();
connectAmplify()();
const events = { addUserLoaded: () => () => {}, addUserUnloaded: () => () => {}, unload() {} };
connectUserManager({ events, settings: {} })();
completeResult();

const codeOf = (promise) => promise.then(() => "resolved", (error) => cs.isAuthError(error) ? error.code : String(error));

export async function report() {
  const { status, error } = await cs.signOut({ global: true });
  return {
    early: [(await early.signOut).error.code, await early.loaded, await early.taken, await early.preload],
    configured: await codeOf(cs.configure(${CONFIG})),
    status,
    code: error.code,
    client: [(await client.signOut()).error.code, await client.loadTokens(), client.isSigningOut()],
    signingOut: cs.isSigningOut(),
    rejected: await Promise.all([cs.storeTokens({ accessToken: "a.b.c" }), cs.refreshTokens(), cs.revokeToken("t")].map(codeOf)),
  };
}
`;

const INERT = {
  // JSON has no undefined.
  early: ["invalidState", null, null, null],
  configured: "resolved",
  status: "failed",
  code: "invalidState",
  client: ["invalidState", null, false],
  signingOut: false,
  rejected: Array(3).fill("invalidState"),
};

/** Stands for Amplify, whose imports have effects. @type {esbuild.Plugin} */
const AMPLIFY = {
  name: "amplify",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^aws-amplify/ }, ({ path }) => ({
      path,
      namespace: "amplify",
    }));
    onLoad({ filter: /./, namespace: "amplify" }, () => ({
      contents: `
        export const Hub = { listen: () => () => {} };
        export const [getCurrentUser, signOut] = Array(2).fill(async () => {});
      `,
    }));
  },
};

/**
 * @param {string} source
 * @param {string} [first] what runs before all else
 */
async function bundle(source, first = "") {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: source, resolveDir: app.root },
    bundle: true,
    format: "esm",
    // As wrangler and Next.js do it.
    banner: { js: first },
    conditions: ["workerd", "worker", "edge-light", "browser"],
    plugins: [AMPLIFY],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** Where each rejection is noted that nobody looks after. */
const NOTES = `globalThis.rejections = [];
addEventListener("unhandledrejection", (event) => rejections.push(String(event.reason)));`;

/** Cloudflare's runtime; the package has no types. @type {string} */
const program = createRequire(import.meta.url)("workerd").default;

/** The answer of a worker in Cloudflare's own runtime. @param {string} source */
async function inWorkerd(source) {
  const folder = await mkdtemp(join(workDir, "workerd-"));
  await writeFile(join(folder, "worker.js"), await bundle(source, NOTES));
  await writeFile(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
);
`,
  );
  const child = spawn(program, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr?.on("data", (data) => (complaints += data));
  const ended = once(child, "exit");
  try {
    const port = await Promise.race([
      ended.then(() => assert.fail(complaints)),
      new Promise((resolve) => {
        let said = "";
        child.stdio[3]?.on("data", (data) => {
          said += data;
          for (const line of said.split("\n").slice(0, -1)) {
            const { event, port } = JSON.parse(line);
            if (event === "listen") resolve(port);
          }
        });
      }),
    ]);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    const text = await answer.text();
    assert.equal(answer.status, 200, text + complaints);
    return JSON.parse(text);
  } finally {
    child.kill();
    await ended;
    await rm(folder, { recursive: true });
  }
}

test("Cloudflare Workers: import and module-level calls reject nothing, and it is a server", async () => {
  const { globals, rejections, ...seen } = await inWorkerd(`
    ${APP}
    export default {
      async fetch() {
        return Response.json({
          ...(await report()),
          // What was rejected meanwhile is told by now.
          rejections: await new Promise((resolve) => setTimeout(() => resolve(globalThis.rejections), 50)),
          globals: ["WorkerGlobalScope", "location", "document", "window"].map((name) => typeof globalThis[name]),
        });
      },
    };
  `);
  assert.deepEqual(globals, [
    "function",
    "undefined",
    "undefined",
    "undefined",
  ]);
  assert.deepEqual(rejections, []);
  assert.deepEqual(seen, INERT);
});

/** What these servers have in addition to the globals of Node, and what they lack, as far as the package could mistake it. */
const SERVERS = {
  "Cloudflare Workers": `
    globalThis.ServiceWorkerGlobalScope = class extends (globalThis.WorkerGlobalScope = class {}) {};
    globalThis.self = globalThis;`,
  "Vercel's edge runtime": `
    globalThis.EdgeRuntime = "edge-runtime";
    globalThis.self = globalThis;
    globalThis.WorkerGlobalScope = class {};`,
  "Deno 1": `
    globalThis.Deno = { version: { deno: "1.46.3" } };
    globalThis.window = globalThis.self = globalThis;
    globalThis.Window = class {};
    globalThis.localStorage = globalThis.sessionStorage = { getItem: () => null, setItem() {}, removeItem() {} };`,
  "Deno with --location": `
    globalThis.Deno = { version: { deno: "2.5.0" } };
    globalThis.self = globalThis;
    globalThis.location = new URL("https://app.example.com/");
    globalThis.localStorage = globalThis.sessionStorage = { getItem: () => null, setItem() {}, removeItem() {} };`,
  Bun: `
    globalThis.Bun = { version: "1.3.0" };
    globalThis.self = globalThis;`,
  "a server with a window for libraries that ask for one": `
    globalThis.window = globalThis;`,
};

for (const [name, globals] of Object.entries(SERVERS))
  test(`${name}, by its globals: it is a server`, async () => {
    const source = await bundle(
      `${APP}
      void report().then((seen) => console.log(JSON.stringify(seen)));`,
      `${globals}
      for (const name of ["fetch", "setTimeout", "BroadcastChannel"])
        globalThis[name] = () => { throw new Error(name + " on a server"); };
      WebAssembly.instantiate = WebAssembly.compile = globalThis.fetch;`,
    );
    const file = join(await mkdtemp(join(workDir, "server-")), "app.mjs");
    await writeFile(file, source);
    try {
      const { stdout, stderr } = await execute(process.execPath, [
        "--unhandled-rejections=strict",
        file,
      ]);
      // Once, however many functions and entries are called.
      assert.match(stderr, /^cognito-signout: This needs a browser; .*\n$/);
      assert.deepEqual(JSON.parse(stdout), INERT);
    } finally {
      await rm(join(file, ".."), { recursive: true });
    }
  });
