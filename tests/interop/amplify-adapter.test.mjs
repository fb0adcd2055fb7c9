// `cognito-signout/amplify`: what Amplify keeps in memory follows a sign-out without a reload.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, PASSWORD, PATIENT_MS } from "../e2e/lib/world.mjs";
import { holdRefresh, resources, signIn, whoIsIn } from "./lib/amplify.mjs";
import { assertAllEnded, namesLeft, useInterop } from "./lib/interop.mjs";

/**
 * @import { Page } from "playwright-core"
 * @import { Visitor } from "../e2e/lib/world.mjs"
 */

const ID_POOL = "us-east-1:00000000-0000-4000-8000-000000000000";

describe("connectAmplify", { concurrency: 2, timeout: HANGS_MS * 4 }, () => {
  const world = useInterop("amplify");
  const given = { connect: true };

  test("Authenticator goes back to its form, here and in another tab", async (t) => {
    const jane = await world.visitor(t, {
      config: resources,
      given: { ...given, ui: true },
    });
    await signInByForm(jane, jane.username);
    const other = await jane.tab();
    await other.waitForSelector("#user");
    // The package there has started too: only a session that it has read is known to be ended.
    assert.ok(await other.evaluate(() => cs.loadTokens()));

    const { status } = await jane.signOut();
    assert.equal(status, "complete");
    for (const page of [jane.page, other]) {
      await page.waitForSelector("#user", { state: "detached" });
      await page.waitForSelector("form[data-amplify-authenticator-signin]");
      assert.equal(await whoIsIn(page), null);
    }
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, []);

    const john = `john.${jane.username}`;
    jane.control.addUser({ username: john, password: PASSWORD });
    await signInByForm(jane, john);
    assert.equal(await whoIsIn(jane.page), john);
  });

  test("the Hub says signedOut once, without a warning, and no app goes round in circles", async (t) => {
    const jane = await world.visitor(t, { config: resources, given });
    /** @type {string[]} */
    const warned = [];
    await signIn(jane);
    jane.page.on("console", (message) => void warned.push(message.text()));
    await jane.page.evaluate(() => {
      globalThis.kept = [];
      amplify.Hub.listen("auth", (/** @type {any} */ { payload }) => {
        if (payload.event === "signedOut") kept.push(cs.signOut());
      });
    });
    await jane.page.evaluate(() => cs.signOut());
    await jane.page.waitForFunction(() => hub.includes("signedOut"));
    // All that the app's own call could set off has happened by then.
    await jane.page.evaluate(async () => {
      await Promise.all(kept);
      await amplify.fetchAuthSession();
      await new Promise((resolve) => setTimeout(resolve));
    });
    assert.deepEqual(await jane.page.evaluate(() => hub), [
      "signedIn",
      "signedOut",
    ]);
    assert.deepEqual(warned, []);
    assert.deepEqual(jane.calls.slice(-1), ["RevokeToken"]);

    await signIn(jane);
    await jane.signOut();
    await jane.page.waitForFunction(() => hub.length === 4);
  });

  for (const storage of ["session", "cookie"]) {
    test(`told of another tab's sign-out where Amplify itself hears nothing: ${storage}`, async (t) => {
      const jane = await world.visitor(t, {
        config: resources,
        given: { ...given, storage },
      });
      await signIn(jane);
      // A tab that the page opens begins with a copy of its sessionStorage.
      const [other] = await Promise.all([
        jane.context.waitForEvent("page"),
        jane.page.evaluate(() => void window.open("/", "_blank", "popup")),
      ]);
      await other.waitForFunction(() => globalThis.ready);
      assert.equal(await whoIsIn(other), jane.username);
      await other.evaluate(() => cs.loadTokens());

      await jane.signOut();
      await other.waitForFunction(() => hub.includes("signedOut"));
      assert.equal(await whoIsIn(other), null);
      assert.deepEqual(await namesLeft(other), []);
      assert.deepEqual(await other.evaluate(() => hub), ["signedOut"], "once");
    });
  }

  test("the AWS credentials and the identity in memory go", async (t) => {
    const jane = await world.visitor(t, {
      path: "",
      config: (visitor) => {
        const { Auth } = resources(visitor);
        const more = { identityPoolId: ID_POOL, allowGuestAccess: true };
        return { Auth: { Cognito: { ...Auth.Cognito, ...more } } };
      },
      given,
    });
    await answerAsIdentityPool(jane.page);
    await jane.go("/");
    const identity = () =>
      jane.page.evaluate(async () => {
        const session = await amplify.fetchAuthSession();
        return [session.identityId, session.credentials?.accessKeyId];
      });
    assert.deepEqual(await identity(), ["us-east-1:guest1", "of guest1"]);
    await signIn(jane);
    assert.deepEqual(await identity(), ["us-east-1:user", "of user"]);

    await jane.signOut();
    await jane.page.waitForFunction(() => hub.includes("signedOut"));
    assert.deepEqual(await namesLeft(jane.page), []);
    assert.deepEqual(await identity(), ["us-east-1:guest2", "of guest2"]);
    // A guest who signs out is another one afterwards.
    await jane.signOut();
    assert.deepEqual(await namesLeft(jane.page), []);
  });

  test("a refresh that is answered after the sign-out brings nothing back", async (t) => {
    const jane = await world.visitor(t, { config: resources, given });
    await signIn(jane);
    const { release, outcome } = await holdRefresh(jane, "after");
    await jane.signOut();
    await jane.page.waitForFunction(() => hub.includes("signedOut"));
    release();
    assert.equal(await outcome, "refreshed");
    await jane.page.waitForFunction(
      () => !Object.keys(localStorage).some((key) => key.endsWith("Token")),
    );
    assert.equal(await whoIsIn(jane.page), null);
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, []);
  });

  test("a session that began meanwhile stays; so does all once disconnected", async (t) => {
    const jane = await world.visitor(t, { config: resources });
    await signIn(jane);
    const letGo = jane.hold("RevokeToken");
    await jane.page.evaluate((timeoutMs) => {
      const end = amplify.connectAmplify();
      globalThis.kept = { end, out: cs.signOut({ timeoutMs }) };
    }, PATIENT_MS);
    await signIn(jane);
    letGo();
    const seen = await jane.page.evaluate(async () => {
      const { status } = await kept.out;
      await amplify.fetchAuthSession();
      return { status, hub: [...hub] };
    });
    assert.deepEqual(seen, {
      status: "complete",
      hub: ["signedIn", "signedIn"],
    });
    assert.equal(await whoIsIn(jane.page), jane.username);

    await jane.page.evaluate(async () => {
      kept.end();
      await cs.signOut();
      await amplify.fetchAuthSession();
    });
    assert.equal(await whoIsIn(jane.page), null);
    assert.deepEqual(await jane.page.evaluate(() => hub), seen.hub);
  });
});

/**
 * Signs in by Amplify UI's own form.
 * @param {Visitor} visitor
 * @param {string} username
 */
async function signInByForm({ page }, username) {
  await page.fill("[name=username]", username);
  await page.fill("[name=password]", PASSWORD);
  await page.press("[name=password]", "Enter");
  await page.waitForSelector(`#user:has-text("${username}")`);
}

/**
 * Identity pools are not the local Cognito's business: each guest is a new one, the user always the same.
 * @param {Page} page
 */
async function answerAsIdentityPool(page) {
  let guests = 0;
  await page.route(
    "https://cognito-identity.us-east-1.amazonaws.com/",
    (route) => {
      const { Logins, IdentityId } = route.request().postDataJSON() ?? {};
      const isUser = Object.keys(Logins ?? {}).length > 0;
      const id = isUser
        ? "us-east-1:user"
        : (IdentityId ?? `us-east-1:guest${++guests}`);
      const json = IdentityId
        ? {
            IdentityId: id,
            Credentials: {
              AccessKeyId: `of ${id.split(":")[1]}`,
              SecretKey: "secret",
              SessionToken: "token",
              Expiration: Date.now() / 1000 + 3600,
            },
          }
        : { IdentityId: id };
      return route.fulfill({
        json,
        headers: { "access-control-allow-origin": "*" },
      });
    },
  );
}
