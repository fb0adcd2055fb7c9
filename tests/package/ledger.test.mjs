// The ledger that the face keeps of its engine, and the sign-out of what the face has removed: through the glue, without a page.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createGlue } from "../../.build/glue.js";
import { inRoot } from "../../scripts/lib/paths.mjs";

const CLIENT = "1example23456789client";
const PREFIX = `CognitoIdentityServiceProvider.${CLIENT}`;
const POOL = {
  userPoolId: "eu-west-1_AbCdEfGhI",
  userPoolClientId: CLIENT,
};
const ENDPOINT = "https://cognito-idp.eu-west-1.amazonaws.com/";
const [READ, REMOVED, ANSWERED] = [0, 1, 2];
const SESSION = new Map([
  [`${PREFIX}.LastAuthUser`, "jane"],
  [`${PREFIX}.jane.accessToken`, "access"],
  [`${PREFIX}.jane.deviceKey`, "device"],
  [`${PREFIX}.jane.refreshToken`, "refresh"],
]);

/** @typedef {[kind: number, name: string, value: string]} Note */

/**
 * A client of an engine, and all that is noted of it.
 * @param {import("node:test").TestContext} t
 * @param {Map<string, string>} entries of its storage
 * @param {object} [how]
 * @param {number} [how.status] what Cognito answers
 * @param {boolean} [how.throws] the ledger throws
 * @param {string} [how.stuck] the key whose removal throws
 * @param {boolean} [how.isBlind] the storage can't list its keys
 * @param {object} [how.pool] the user pool and the app client
 */
async function client(
  t,
  entries,
  { status = 200, throws, stuck, isBlind, pool = POOL } = {},
) {
  /** @type {string[]} */
  const sent = [];
  t.mock.method(
    globalThis,
    "fetch",
    async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
      const target = new Headers(init.headers).get("X-Amz-Target");
      sent.push(`${url} ${target?.split(".")[1]}`);
      return new Response("{}", { status });
    },
  );
  const glue = createGlue();
  const bytes = await readFile(inRoot("dist/engine.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, glue.imports);
  glue.setWasm(instance.exports);
  /** @type {Note[]} */
  const notes = [];
  const keep = () =>
    glue.keepLedger((/** @type {Note} */ ...note) => {
      notes.push(note);
      if (throws) throw new Error("a ledger that throws");
    });
  const storage = {
    keys: isBlind ? undefined : () => [...entries.keys()],
    getItem: (/** @type {string} */ key) => entries.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
      entries.set(key, value),
    removeItem(/** @type {string} */ key) {
      if (key === stuck) throw new Error("it can't be removed");
      entries.delete(key);
    },
  };
  const number = glue.create({ ...pool, storage }, () => {}, true, 0);
  t.after(() => glue.dispose(number));
  /**
   * @param {object} [options]
   * @param {[string, string][]} [removed]
   * @returns {Promise<any>}
   */
  const signOut = (options, removed) =>
    glue.signOut(number, options, undefined, removed);
  return { keep, notes, sent, signOut };
}

const whole = { global: true, forgetDevice: true };

test("each key that is read and removed, and each success, once and in order", async (t) => {
  const { keep, notes, signOut } = await client(t, new Map(SESSION));
  keep();
  assert.equal((await signOut(whole)).status, "complete");
  const of = (/** @type {number} */ kind) =>
    notes.filter((note) => note[0] === kind).map(([, ...rest]) => rest);
  assert.deepEqual(new Map(of(READ)), SESSION);
  assert.deepEqual(
    of(REMOVED).sort(),
    [...SESSION.keys()].map((key) => [key, ""]),
  );
  assert.deepEqual(of(ANSWERED), [
    ["forgetDevice", "access"],
    ["globalSignOut", "access"],
    ["revokeToken", "refresh"],
  ]);
  const kinds = notes.map(([kind]) => kind);
  assert.deepEqual(kinds, [...kinds].sort());
});

test("a refusal is no success", async (t) => {
  const { keep, notes, signOut } = await client(t, new Map(SESSION), {
    status: 403,
  });
  keep();
  assert.equal((await signOut()).status, "partial");
  assert.ok(notes.every(([kind]) => kind !== ANSWERED));
});

test("a removal that throws is none", async (t) => {
  const stuck = `${PREFIX}.jane.accessToken`;
  const { keep, notes, signOut } = await client(t, new Map(SESSION), { stuck });
  keep();
  assert.equal((await signOut(whole)).status, "failed");
  const removed = notes.filter(([kind]) => kind === REMOVED);
  assert.equal(removed.length, SESSION.size - 1);
  assert.ok(removed.every(([, name]) => name !== stuck));
});

test("a ledger that throws stops nothing, and none need be kept", async (t) => {
  for (const throws of [true, false]) {
    const entries = new Map(SESSION);
    const { keep, notes, signOut } = await client(t, entries, { throws });
    if (throws) keep();
    assert.equal((await signOut(whole)).status, "complete");
    assert.equal(notes.length > 0, throws);
    assert.equal(entries.size, 0);
  }
});

test("what the face has removed ends; what is stored is not touched", async (t) => {
  const entries = new Map(SESSION).set(`${PREFIX}.jane.refreshToken`, "next");
  const stored = new Map(entries);
  const { keep, notes, sent, signOut } = await client(t, entries);
  keep();
  const result = await signOut({ signal: AbortSignal.abort() }, [...SESSION]);
  assert.equal(result.status, "complete");
  assert.equal(result.wasSignedIn, true);
  assert.deepEqual(sent, [`${ENDPOINT} RevokeToken`]);
  assert.deepEqual(entries, stored);
  assert.deepEqual(notes.at(0), [ANSWERED, "revokeToken", "refresh"]);
  assert.ok(notes.every(([kind]) => kind !== REMOVED));

  const nothing = await signOut(undefined, []);
  assert.equal(nothing.status, "complete");
  assert.equal(nothing.wasSignedIn, false);
  assert.equal(sent.length, 1);
  assert.deepEqual(entries, stored);
});

test("what was written back since is removed, also where keys can't be listed", async (t) => {
  const entries = new Map(SESSION);
  entries.delete(`${PREFIX}.LastAuthUser`);
  const how = { isBlind: true };
  const { signOut } = await client(t, entries, how);
  const result = await signOut(undefined, [...SESSION]);
  assert.equal(result.status, "complete");
  assert.deepEqual([...entries.keys()], [`${PREFIX}.jane.deviceKey`]);
});

test("where only the tokens name the user pool, those that were removed do", async (t) => {
  const authority = "https://auth.example.com";
  const part = (/** @type {object} */ value) =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const iss = `${ENDPOINT}${POOL.userPoolId}`;
  const token = [part({ alg: "RS256" }), part({ iss }), "c2ln"].join(".");
  const user = { access_token: token, refresh_token: "refresh" };
  const how = { pool: { authority, client_id: CLIENT } };
  const { sent, signOut } = await client(t, new Map(), how);
  const result = await signOut({ hostedUI: "none" }, [
    [`oidc.user:${authority}:${CLIENT}`, JSON.stringify(user)],
  ]);
  assert.equal(result.status, "complete");
  assert.deepEqual(sent, [`${ENDPOINT} RevokeToken`]);
});
