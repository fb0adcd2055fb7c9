// ES module and CommonJS are one package: one engine, one default client; and the tools that judge packages find no fault.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { builtApp } from "../e2e/lib/app.mjs";

const execute = promisify(execFile);

/** @type {import("../e2e/lib/app.mjs").App} */
let app;
before(async () => {
  app = await builtApp();
});

test("publint has nothing to say", async () => {
  const tarball = await readFile(app.tarball);
  const { messages, pkg } = await publint({
    strict: true,
    pack: {
      tarball: tarball.buffer.slice(
        tarball.byteOffset,
        tarball.byteOffset + tarball.byteLength,
      ),
    },
  });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("arethetypeswrong has nothing to say", async () => {
  await execute(process.execPath, [
    inRoot("node_modules/@arethetypeswrong/cli/dist/index.js"),
    app.tarball,
    "--no-emoji",
    // No module.
    ...["--exclude-entrypoints", "engine.wasm"],
  ]).catch(({ stdout }) => assert.fail(stdout));
});

test("as ES module and as CommonJS it is one: one engine, one default client, one kind of error", async () => {
  const { stdout } = await execute(
    process.execPath,
    ["--input-type=module", "-e", SHARED],
    { cwd: app.root, timeout: 120_000 },
  );
  assert.deepEqual(JSON.parse(stdout), {
    files: ["index.js", "index.cjs"],
    engines: 1,
    loaded: "jane",
    heard: ["signOut"],
    instance: [true, true, false],
    others: 1,
  });
});

// In a worker of Node, as far as the package can tell. What one half does, the other sees.
const SHARED = `
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
globalThis.WorkerGlobalScope = class {};
globalThis.location = new URL("https://app.example.com/worker.js");
let engines = 0;
const { instantiate } = WebAssembly;
// Node has small modules of its own.
WebAssembly.instantiate = (bytes, imports) => (bytes.byteLength > 1e5 && engines++, instantiate(bytes, imports));
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const accessToken = [{ alg: "none" }, { token_use: "access", client_id: "1example23456789", username: "jane", exp: 4e9 }, 1].map(part).join(".");
const require = createRequire(import.meta.url);
const esm = await import("cognito-signout");
const cjs = require("cognito-signout");
const config = { userPoolId: "eu-west-1_AbCdEfGhI", userPoolClientId: "1example23456789", storage: "memory", tokenRevocation: false };
await esm.configure(config);
await cjs.storeTokens({ accessToken });
const heard = [];
esm.onSignedOut(({ reason }) => heard.push(reason));
const loaded = (await esm.loadTokens()).username;
await cjs.signOut();
const error = await cjs.revokeToken("").catch((thrown) => thrown);
class Own extends esm.AuthError {}
console.log(JSON.stringify({
  files: [fileURLToPath(import.meta.resolve("cognito-signout")), require.resolve("cognito-signout")].map((path) => path.split(/[/\\\\]/).pop()),
  engines,
  loaded,
  heard,
  instance: [error instanceof esm.AuthError, error instanceof cjs.AuthError, error instanceof Own],
  others: Object.getOwnPropertySymbols(globalThis).filter((symbol) => String(symbol).includes("cognito-signout@")).length,
}));
// Its channel to other tabs would keep Node alive.
process.exit();
`;
