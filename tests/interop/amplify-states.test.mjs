// Amplify v6 in the middle of something, or with more in its storage than one session.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, PASSWORD, until } from "../e2e/lib/world.mjs";
import {
  holdRefresh,
  resources,
  signIn,
  tokensOf,
  whoIsIn,
} from "./lib/amplify.mjs";
import {
  assertAllEnded,
  endsOf,
  namesLeft,
  useInterop,
} from "./lib/interop.mjs";

/**
 * @import { NewTokens } from "cognito-signout-dev"
 * @import { Visitor } from "../e2e/lib/world.mjs"
 */

describe("Amplify v6", { concurrency: 2, timeout: HANGS_MS * 4 }, () => {
  const world = useInterop("amplify");

  test("in the middle of a refresh that reaches the server after the revocation", async (t) => {
    const jane = await world.visitor(t, { config: resources });
    const tokens = await signIn(jane);
    const { release, outcome } = await holdRefresh(jane, "before");
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    release();
    assert.equal(await outcome, "signed out");
    assert.equal(await whoIsIn(jane.page), null);
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, tokens);
    await signIn(jane);
    assert.equal(await whoIsIn(jane.page), jane.username);
  });

  test("in the middle of a refresh that is answered after the sign-out", async (t) => {
    const jane = await world.visitor(t, { config: resources });
    await signIn(jane);
    const { release, outcome } = await holdRefresh(jane, "after");
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    release();
    // Amplify has stored it all again; what is of the old session goes, here or in the next page at the latest.
    assert.equal(await outcome, "refreshed");
    await jane.go("/");
    await until(
      async () => (await namesLeft(jane.page)).length === 0,
      "what came back is gone",
    );
    assert.equal(await whoIsIn(jane.page), null);
    await assertAllEnded(jane, []);
    await signIn(jane);
    await jane.go("/");
    assert.equal(await whoIsIn(jane.page), jane.username);
  });

  test("in the middle of an MFA challenge", async (t) => {
    const jane = await world.visitor(t, {
      config: resources,
      user: { mfa: "SOFTWARE_TOKEN_MFA" },
    });
    await signIn(jane);
    assert.notDeepEqual(await namesLeft(jane.page), []);
    const { status, wasSignedIn } = await jane.signOut();
    assert.deepEqual([status, wasSignedIn], ["complete", false]);
    assert.deepEqual(await namesLeft(jane.page), []);
    assert.equal(await whoIsIn(jane.page), null);

    await signIn(jane);
    await jane.page.evaluate(() =>
      amplify.confirmSignIn({ challengeResponse: "123456" }),
    );
    assert.equal(await whoIsIn(jane.page), jane.username);
    const tokens = await tokensOf(jane.page);
    await jane.signOut();
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, tokens);
  });

  test("a remembered device stays, and is forgotten when asked", async (t) => {
    const jane = await world.visitor(t, {
      config: resources,
      client: { devices: "optIn" },
    });
    const devices = () =>
      jane.control
        .sessions({ clientId: jane.clientId })
        .map(({ deviceKey }) => deviceKey);
    await signIn(jane);
    await jane.page.evaluate(() => amplify.rememberDevice());
    await jane.signOut();
    const prefix = `local:CognitoIdentityServiceProvider.${jane.clientId}.${jane.username}.`;
    assert.deepEqual(await namesLeft(jane.page), [
      `${prefix}deviceGroupKey`,
      `${prefix}deviceKey`,
      `${prefix}randomPasswordKey`,
    ]);
    await signIn(jane);
    const [first, second] = devices();
    assert.ok(first);
    assert.equal(second, first);

    const { status } = await jane.signOut({ forgetDevice: true });
    assert.equal(status, "complete");
    assert.deepEqual(await namesLeft(jane.page), []);
    await signIn(jane);
    assert.notEqual(devices()[2], first);
  });

  test("several users, no LastAuthUser, and keys of another app client", async (t) => {
    const jane = await world.visitor(t, { config: resources });
    const tokens = await signIn(jane);
    const john = await another(jane);
    const stale = `CognitoIdentityServiceProvider.not${jane.clientId}.x.refreshToken`;
    await jane.page.evaluate(
      ([prefix, stale]) => {
        localStorage.removeItem(`${prefix}LastAuthUser`);
        localStorage.setItem(stale, "not ours");
      },
      /** @type {[string, string]} */ ([prefixOf(jane), stale]),
    );
    const { status, wasSignedIn } = await jane.signOut();
    assert.deepEqual([status, wasSignedIn], ["complete", true]);
    assert.deepEqual(await namesLeft(jane.page), [`local:${stale}`]);
    await assertAllEnded(jane, [...tokens, john.refreshToken]);
  });

  test("several users in AuthUserList: the current one goes", async (t) => {
    const jane = await world.visitor(t, { config: resources });
    const [, refreshToken] = await signIn(jane);
    const john = await another(jane);
    await jane.page.evaluate(
      ([key, list]) => localStorage.setItem(key, list),
      /** @type {[string, string]} */ ([
        `${prefixOf(jane)}AuthUserList`,
        `${jane.username},${john.username}`,
      ]),
    );
    const { status } = await jane.signOut();
    assert.equal(status, "complete");
    assert.equal(await whoIsIn(jane.page), null);
    assert.equal(jane.control.isTokenValid(refreshToken ?? ""), false);
    assert.equal(jane.control.isTokenValid(john.refreshToken), true);
    assert.deepEqual(endsOf(jane).sort(), ["RevokeToken", false].sort());
    assert.deepEqual(
      await jane.page.evaluate(
        ([prefix, name]) => [
          localStorage.getItem(`${prefix}AuthUserList`),
          !!localStorage.getItem(`${prefix}${name}.refreshToken`),
        ],
        /** @type {[string, string]} */ ([prefixOf(jane), john.username]),
      ),
      [john.username, true],
    );
  });
});

/** @param {Visitor} visitor */
const prefixOf = ({ clientId }) =>
  `CognitoIdentityServiceProvider.${clientId}.`;

/**
 * One more user whose session is stored as Amplify does it, but who is not the current one.
 * @param {Visitor} visitor
 * @returns {Promise<NewTokens>}
 */
async function another(visitor) {
  const username = `john.${visitor.username}`;
  visitor.control.addUser({ username, password: PASSWORD });
  const tokens = visitor.control.addSession({
    username,
    clientId: visitor.clientId,
  });
  const { accessToken, idToken, refreshToken } = tokens;
  await visitor.page.evaluate(
    ([prefix, values]) => {
      for (const [name, value] of Object.entries(values))
        localStorage.setItem(prefix + name, value);
    },
    /** @type {[string, Record<string, string>]} */ ([
      `${prefixOf(visitor)}${username}.`,
      { accessToken, idToken, refreshToken, clockDrift: "0" },
    ]),
  );
  return tokens;
}
