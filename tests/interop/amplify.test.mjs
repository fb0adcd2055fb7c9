// Amplify v6 signs in, by its own API; cognito-signout signs out, with nothing more to write.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  HANGS_MS,
  PASSWORD,
  SHOWN_TO_OTHER_TABS,
  leftWell,
  until,
} from "../e2e/lib/world.mjs";
import {
  resources,
  signIn,
  signInWithRedirect,
  whoIsIn,
} from "./lib/amplify.mjs";
import { assertAllEnded, namesLeft, useInterop } from "./lib/interop.mjs";

/** @import { Visitor } from "../e2e/lib/world.mjs" */

/** amplify_outputs.json, which can name no endpoint. @param {Visitor} visitor */
const outputs = ({ clientId, urls, world: { cognito } }) => ({
  version: "1.4",
  auth: {
    aws_region: "us-east-1",
    user_pool_id: cognito.userPoolId,
    user_pool_client_id: clientId,
    username_attributes: ["email"],
    oauth: {
      domain: new URL(cognito.httpsOrigin ?? "").host,
      identity_providers: [],
      scopes: ["openid"],
      redirect_sign_in_uri: urls,
      redirect_sign_out_uri: urls,
      response_type: "code",
    },
  },
});

/** Each is hard for some layout, or for cookies. */
const USERNAMES = [
  "jane.doe+amplify@example.com",
  "refreshToken",
  "jane doe (home).accessToken",
  'jäne;=,%"名前',
];

describe("Amplify v6", { concurrency: 2, timeout: HANGS_MS * 4 }, () => {
  const world = useInterop("amplify");

  test("configured by amplify_outputs.json: at once, after a reload, and in again", async (t) => {
    const jane = await world.visitor(t, { config: outputs });
    const tokens = await signIn(jane, { authFlowType: "USER_SRP_AUTH" });
    assert.equal(await whoIsIn(jane.page), jane.username);

    const atOnce = await jane.page.evaluate(async () => {
      globalThis.kept = cs.signOut();
      const left = Object.keys(localStorage);
      const { tokens } = await amplify.fetchAuthSession();
      return { left, tokens: !!tokens, status: (await kept).status };
    });
    assert.deepEqual(
      { ...atOnce, left: atOnce.left.filter((key) => !key.endsWith(".ended")) },
      { left: [], tokens: false, status: "complete" },
    );
    assert.deepEqual(await namesLeft(jane.page), []);
    assert.equal(await whoIsIn(jane.page), null);
    await jane.go("/");
    assert.equal(await whoIsIn(jane.page), null);
    await assertAllEnded(jane, tokens);
    await signIn(jane);
    assert.equal(await whoIsIn(jane.page), jane.username);
  });

  test("configured by a ResourcesConfig: a global one ends other devices, and another tab's Amplify notices", async (t) => {
    const jane = await world.visitor(t, { config: resources });
    const elsewhere = jane.session();
    const tokens = await signIn(jane);
    const other = await jane.tab();
    await until(
      async () => (await whoIsIn(other)) === jane.username,
      SHOWN_TO_OTHER_TABS,
    );

    const { status } = await jane.signOut({ global: true });
    assert.equal(status, "complete");
    await other.waitForFunction(() => hub.includes("other:signedOut"));
    await until(
      async () => (await whoIsIn(other)) === null,
      SHOWN_TO_OTHER_TABS,
    );
    assert.equal(await whoIsIn(jane.page), null);
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, [...tokens, elsewhere.refreshToken]);
    await signIn(jane);
    await other.waitForFunction(() => hub.includes("other:signedIn"));
    await until(
      async () => (await whoIsIn(other)) === jane.username,
      SHOWN_TO_OTHER_TABS,
    );
  });

  for (const storage of ["session", "cookie", "sync", "async"]) {
    test(`tokens in a storage of its own: ${storage}`, async (t) => {
      const jane = await world.visitor(t, {
        config: resources,
        given: { storage },
      });
      // Cookies encode them; all other storages take any key.
      const usernames = storage === "cookie" ? USERNAMES : USERNAMES.slice(2);
      for (const username of usernames) {
        jane.control.addUser({ username, password: PASSWORD });
        const tokens = await signIn(jane, { username });
        assert.notDeepEqual(await namesLeft(jane.page), []);
        const { status, wasSignedIn } = await jane.signOut();
        assert.deepEqual([status, wasSignedIn], ["complete", true], username);
        assert.deepEqual(await namesLeft(jane.page), [], username);
        assert.equal(await whoIsIn(jane.page), null);
        await assertAllEnded(jane, tokens);
      }
      await jane.go("/");
      assert.equal(await whoIsIn(jane.page), null);
      await signIn(jane);
      await jane.go("/");
      assert.equal(await whoIsIn(jane.page), jane.username);
    });
  }

  for (const global of [false, true]) {
    test(`signInWithRedirect: "auto" leaves for the hosted UI, global: ${global}`, async (t) => {
      const jane = await world.visitor(t, { config: resources });
      const tokens = await signInWithRedirect(jane);
      assert.notEqual(await whoIsIn(jane.page), null);

      await jane.page.evaluate((global) => {
        globalThis.kept = "the page before";
        void cs.signOut({ global });
      }, global);
      await jane.page.waitForFunction(
        () => globalThis.ready && !globalThis.kept,
      );
      const returned = await jane.page.evaluate(async () =>
        show(await cs.takeSignOutResult()),
      );
      leftWell(returned);
      assert.equal(returned.wasSignedIn, true);
      await assertAllEnded(jane, tokens);
      assert.equal(await whoIsIn(jane.page), null);
      assert.deepEqual(await namesLeft(jane.page), []);
      assert.equal(await jane.isAskedForPassword(), true);
      await signInWithRedirect(jane);
      assert.notEqual(await whoIsIn(jane.page), null);
    });
  }
});
