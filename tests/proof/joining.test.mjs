// Calls that join a sign-out under way, or follow another tab's: each thing that a caller asked for is done, or is an error in that
// caller's own result; and nobody is told of what somebody else asked for.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { allLoad, loads } from "../e2e/lib/tabs.mjs";
import {
  PATIENT_MS,
  SHOWN_TO_OTHER_TABS,
  sideBySide,
  until,
  useWorld,
} from "../e2e/lib/world.mjs";

const world = useWorld();

/**
 * A user who is signed in, with a remembered device.
 * @param {{ after: (end: () => Promise<void>) => void }} t
 * @param {{ hostedUI?: boolean, asyncStorage?: boolean }} [kind]
 */
async function signedIn(t, { hostedUI = false } = {}) {
  const jane = await world.visitor(t, { client: { devices: "always" } });
  const tokens = await jane.signInOnDevice(hostedUI ? "hostedUI" : "api");
  return { jane, tokens };
}

/** What a result says, in short. @param {any} result @returns {Record<string, any>} */
function said(result) {
  const errors = Object.fromEntries(
    Object.entries(result)
      .filter(([name]) => name.endsWith("Error"))
      .map(([name, { error }]) => [name.replace("Error", ""), error.code]),
  );
  return { status: result.status, ...errors };
}

const COMPLETE = { status: "complete" };

/**
 * The rows: what the running call and the one that joins ask for, whether the session came from the hosted UI; what each is told,
 * and where the page went (each navigation names whose `navigate` was called).
 * @typedef {object} Row
 * @property {string} name
 * @property {Record<string, unknown>} [first]
 * @property {Record<string, unknown>} joins
 * @property {boolean} [hostedUI]
 * @property {Record<string, unknown>} [told] what the first is told; complete if left out
 * @property {Record<string, unknown>} here what the second one is told in the same tab
 * @property {string[]} [left] whose `navigate` left, in the same tab
 * @property {string} [names] the option that the error names
 * @property {boolean} [logoutUrl] whether the second one gets the URL
 */

/** `navigate` is made in the page: its name says whose it is. @type {Row[]} */
const ROWS = [
  { name: "nothing more", joins: { hostedUI: "none" }, here: COMPLETE },
  {
    name: "forgetDevice",
    joins: { hostedUI: "none", forgetDevice: true },
    here: { status: "partial", forgetDevice: "invalidState" },
  },
  {
    name: "forgetDevice beside the same",
    first: { forgetDevice: true },
    joins: { hostedUI: "none", forgetDevice: true },
    here: COMPLETE,
  },
  {
    name: "auto, of a session from the hosted UI",
    joins: { hostedUI: "auto", navigate: "second" },
    hostedUI: true,
    here: COMPLETE,
    left: ["second"],
    logoutUrl: true,
  },
  {
    name: "auto, of another session",
    joins: { hostedUI: "auto", navigate: "second" },
    here: COMPLETE,
  },
  {
    name: "redirect",
    joins: { hostedUI: "redirect", navigate: "second" },
    here: COMPLETE,
    left: ["second"],
    logoutUrl: true,
  },
  {
    name: "manual",
    joins: { hostedUI: "manual" },
    here: COMPLETE,
    logoutUrl: true,
  },
  {
    name: "manual beside a redirect",
    first: { hostedUI: "redirect", navigate: "first" },
    joins: { hostedUI: "manual" },
    here: COMPLETE,
    left: ["first"],
    logoutUrl: true,
  },
  {
    name: "navigate beside a redirect by default: the explicit one counts",
    first: { hostedUI: "redirect" },
    joins: { hostedUI: "redirect", navigate: "second" },
    here: COMPLETE,
    left: ["second"],
    logoutUrl: true,
  },
  {
    name: "navigate beside another",
    first: { hostedUI: "redirect", navigate: "first" },
    joins: { hostedUI: "redirect", navigate: "second" },
    here: { status: "partial", hostedUI: "invalidState" },
    left: ["first"],
    names: "navigate",
  },
  {
    name: "redirectUrl beside another",
    first: { hostedUI: "redirect", navigate: "first", redirectUrl: "/" },
    joins: { hostedUI: "redirect", redirectUrl: "/signed-out" },
    here: { status: "partial", hostedUI: "invalidState" },
    left: ["first"],
    names: "redirectUrl",
  },
  {
    name: "redirectUrl beside one by rule: the explicit one counts",
    first: { hostedUI: "redirect", navigate: "first" },
    joins: { hostedUI: "redirect", redirectUrl: "/signed-out" },
    here: COMPLETE,
    left: ["first to /signed-out"],
    logoutUrl: true,
  },
  {
    name: "appState beside another",
    first: { hostedUI: "redirect", navigate: "first", appState: 1 },
    joins: { hostedUI: "redirect", appState: 2 },
    here: { status: "partial", hostedUI: "invalidState" },
    left: ["first"],
    names: "appState",
  },
  {
    name: "appState beside the same",
    first: { hostedUI: "redirect", navigate: "first", appState: { a: 1 } },
    joins: { hostedUI: "redirect", appState: { a: 1 } },
    here: COMPLETE,
    left: ["first"],
    logoutUrl: true,
  },
  {
    name: "appState of a call that does not leave beside another",
    first: { hostedUI: "redirect", navigate: "first", appState: 1 },
    joins: { hostedUI: "none", appState: 2 },
    here: COMPLETE,
    left: ["first"],
    logoutUrl: true,
  },
];

describe("in the same tab", sideBySide(3), () => {
  for (const row of ROWS)
    for (const when of ["after the clear", "before the clear"])
      test(`${row.name}, ${when}`, async (t) => {
        const { jane } = await signedIn(t, row);
        const { first = {}, joins, told = COMPLETE, left = [] } = row;
        const early = when === "before the clear";
        const seen = await jane.page.evaluate(
          async ({ first, joins, early, config, timeoutMs, origin }) => {
            /** @type {string[]} */
            const left = [];
            /** @param {any} options */
            const made = ({ navigate, redirectUrl, ...options }) => ({
              hostedUI: "none",
              timeoutMs,
              ...options,
              ...(redirectUrl && { redirectUrl: origin + redirectUrl }),
              ...(navigate && {
                navigate: (/** @type {string} */ url) => {
                  const to = new URL(url).searchParams.get("logout_uri");
                  const path = new URL(to ?? "").pathname;
                  left.push(path === "/" ? navigate : `${navigate} to ${path}`);
                },
              }),
            });
            let { signOut } = cs;
            if (early) {
              // The clear takes its time: the second call comes before it is over.
              const late = (/** @type {any} */ act) =>
                new Promise((resolve) => setTimeout(() => resolve(act()), 20));
              signOut = cs.createClient({
                ...config,
                storage: {
                  getItem: (/** @type {string} */ key) =>
                    late(() => localStorage.getItem(key)),
                  setItem: (
                    /** @type {string} */ key,
                    /** @type {string} */ value,
                  ) => late(() => localStorage.setItem(key, value)),
                  removeItem: (/** @type {string} */ key) =>
                    late(() => localStorage.removeItem(key)),
                  keys: () => late(() => Object.keys(localStorage)),
                },
              }).signOut;
            }
            const results = await Promise.all([
              signOut(made(first)),
              signOut(made(joins)),
            ]);
            return { left, results: results.map(show) };
          },
          {
            first,
            joins,
            early,
            config: jane.config,
            timeoutMs: PATIENT_MS,
            origin: jane.origin,
          },
        );
        const [one, two] = seen.results;
        // A redirect waits for a second at the most.
        const late = (/** @type {any} */ result) => {
          const { revokeToken, status, ...rest } = said(result);
          if (!left[0] || revokeToken !== "unconfirmed") return said(result);
          return {
            status: Object.keys(rest).length ? status : "complete",
            ...rest,
          };
        };
        const inTime = early && row.joins.forgetDevice;
        assert.deepEqual(late(one), told, JSON.stringify(one));
        assert.deepEqual(
          late(two),
          inTime ? COMPLETE : row.here,
          JSON.stringify(two),
        );
        assert.deepEqual(seen.left, left);
        if (row.names && two.hostedUIError)
          assert.match(
            two.hostedUIError.error.message,
            new RegExp(`\\b${row.names}\\b`),
          );
        if (row.logoutUrl !== undefined)
          assert.equal(!!two.logoutUrl, row.logoutUrl);
        const device = (await jane.keys()).filter((key) =>
          key.endsWith(".deviceKey"),
        );
        const forgets = first.forgetDevice || joins.forgetDevice;
        assert.equal(device.length, forgets ? 0 : 1);
        assert.equal(
          jane.calls.filter((call) => call === "ForgetDevice").length,
          inTime || first.forgetDevice ? 1 : 0,
        );
      });

  test("a global call's failure is not told to one that was local", async (t) => {
    const { jane } = await signedIn(t);
    jane.fault({
      operation: "GlobalSignOut",
      answer: { type: "ForbiddenException" },
    });
    const letGo = jane.hold("RevokeToken");
    const running = jane.page.evaluate(async (timeoutMs) => {
      const results = await Promise.all([
        cs.signOut({ timeoutMs }),
        cs.signOut({ global: true, timeoutMs }),
      ]);
      return results.map(show);
    }, PATIENT_MS);
    await until(
      () => jane.calls.some((call) => call.includes("GlobalSignOut")),
      "it is upgraded",
    );
    letGo();
    const [local, global] = (await running).map(said);
    assert.deepEqual(local, COMPLETE);
    assert.deepEqual(global, { status: "partial", globalSignOut: "service" });
  });

  test("a popup beside a running sign-out tells what that one came to", async (t) => {
    const { jane } = await signedIn(t);
    jane.fault({
      operation: "RevokeToken",
      answer: { type: "ForbiddenException" },
    });
    await jane.page.evaluate((timeoutMs) => {
      const button = document.createElement("button");
      button.onclick = () => {
        globalThis.kept = Promise.all([
          cs.signOut({ hostedUI: "none", timeoutMs }),
          cs.signOut({
            hostedUI: "popup",
            forgetDevice: true,
            global: true,
            timeoutMs,
          }),
        ]);
      };
      document.body.append(button);
    }, PATIENT_MS);
    await jane.page.click("button");
    const results = await jane.page.evaluate(async () =>
      (await globalThis.kept).map(show),
    );
    assert.deepEqual(said(results[0]), {
      status: "partial",
      revokeToken: "service",
    });
    assert.equal(results[1].wasSignedIn, true);
    assert.deepEqual(said(results[1]), {
      status: "partial",
      revokeToken: "service",
      globalSignOut: "unconfirmed",
      forgetDevice: "invalidState",
    });
  });

  test("retry() leaves as this caller said", async (t) => {
    const { jane } = await signedIn(t);
    const seen = await jane.page.evaluate(async (timeoutMs) => {
      /** @type {string[]} */
      const left = [];
      const [one, two] = await Promise.all([
        cs.signOut({
          hostedUI: "redirect",
          navigate: () => void left.push("first"),
          timeoutMs,
        }),
        cs.signOut({
          hostedUI: "redirect",
          navigate: () => void left.push("second"),
          timeoutMs,
        }),
      ]);
      /** @type {any} */
      const failed = two;
      const again = await failed.retry();
      const same = await failed.retry();
      return { left, one: show(one), again: show(again), once: again === same };
    }, PATIENT_MS);
    assert.deepEqual(seen.left, ["first", "second"]);
    assert.equal(seen.again.hostedUIError, undefined);
    assert.equal(seen.once, true);
  });

  test("retry() forgets the device while its token lives, before the revocation", async (t) => {
    const { jane } = await signedIn(t);
    const { id } = jane.fault({
      operation: "RevokeToken",
      answer: { type: "ForbiddenException" },
    });
    const seen = await jane.page.evaluate(async (timeoutMs) => {
      const [one, two] = await Promise.all([
        cs.signOut({ timeoutMs }),
        cs.signOut({ forgetDevice: true, timeoutMs }),
      ]);
      globalThis.kept = two;
      return [show(one), show(two)];
    }, PATIENT_MS);
    assert.deepEqual(said(seen[0]), {
      status: "partial",
      revokeToken: "service",
    });
    assert.deepEqual(said(seen[1]), {
      status: "partial",
      revokeToken: "service",
      forgetDevice: "invalidState",
    });
    world.control.removeFault(id);
    jane.clearCalls();
    assert.deepEqual(said(await jane.retry()), COMPLETE);
    assert.deepEqual(jane.calls, ["ForgetDevice", "RevokeToken"]);
  });

  test("retryWhenOnline of a call that joins counts for what failed", async (t) => {
    const { jane, tokens } = await signedIn(t);
    await jane.context.setOffline(true);
    const results = await jane.page.evaluate(async () => {
      const results = await Promise.all([
        cs.signOut(),
        cs.signOut({ retryWhenOnline: true }),
      ]);
      return results.map(show);
    });
    for (const result of results)
      assert.equal(said(result).revokeToken, "network");
    await jane.context.setOffline(false);
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked once the browser is online",
    );
  });

  test("a signal that aborts one that joins leaves the first alone", async (t) => {
    const { jane } = await signedIn(t);
    const letGo = jane.hold("RevokeToken");
    const running = jane.page.evaluate(async (timeoutMs) => {
      const controller = new AbortController();
      const one = cs.signOut({ timeoutMs });
      const two = cs.signOut({ timeoutMs, signal: controller.signal });
      const three = cs.signOut({ timeoutMs: 10 });
      // While it is looked whether the call joins.
      controller.abort();
      const results = [show(await two), show(await three)];
      globalThis.kept = one;
      return results;
    }, PATIENT_MS);
    const [aborted, late] = await running;
    assert.deepEqual(said(aborted), {
      status: "partial",
      revokeToken: "aborted",
    });
    assert.deepEqual(said(late), {
      status: "partial",
      revokeToken: "unconfirmed",
    });
    letGo();
    const one = await jane.page.evaluate(async () => show(await kept));
    assert.deepEqual(said(one), COMPLETE);
  });
});

/**
 * What another tab is told that follows: a running "none", local, of this session.
 * @typedef {object} Follow
 * @property {string} name
 * @property {Record<string, unknown>} [first]
 * @property {Record<string, unknown>} follows
 * @property {boolean} [hostedUI]
 * @property {Record<string, unknown>} told
 * @property {string[]} [left]
 * @property {boolean} [logoutUrl]
 */

/** @type {Follow[]} */
const FOLLOWS = [
  { name: "nothing more", follows: {}, told: COMPLETE },
  {
    name: "forgetDevice",
    follows: { forgetDevice: true },
    told: { status: "partial", forgetDevice: "invalidState" },
  },
  {
    name: "forgetDevice beside the same",
    first: { forgetDevice: true },
    follows: { forgetDevice: true },
    told: COMPLETE,
  },
  {
    name: "global",
    follows: { global: true },
    told: { status: "partial", globalSignOut: "unconfirmed" },
  },
  {
    name: "local beside a global one",
    first: { global: true },
    follows: {},
    told: COMPLETE,
  },
  {
    name: "auto, of a session from the hosted UI",
    follows: { hostedUI: "auto", navigate: "second" },
    hostedUI: true,
    told: COMPLETE,
    left: ["second"],
    logoutUrl: true,
  },
  {
    name: "auto, of another session",
    follows: { hostedUI: "auto", navigate: "second" },
    told: COMPLETE,
  },
  {
    name: "auto beside one that leaves itself",
    first: { hostedUI: "redirect", navigate: "first" },
    follows: { hostedUI: "auto", navigate: "second" },
    hostedUI: true,
    told: COMPLETE,
  },
  {
    name: "redirect, with an appState of its own",
    follows: { hostedUI: "redirect", navigate: "second", appState: 2 },
    told: COMPLETE,
    left: ["second"],
    logoutUrl: true,
  },
  {
    name: "manual",
    follows: { hostedUI: "manual" },
    told: COMPLETE,
    logoutUrl: true,
  },
];

describe("in another tab", sideBySide(3), () => {
  for (const row of FOLLOWS)
    test(row.name, async (t) => {
      const { jane } = await signedIn(t, row);
      const { first = {}, follows, left = [] } = row;
      const other = await jane.tab();
      await allLoad([other]);
      const letGo = jane.hold("RevokeToken");
      const start = (/** @type {any} */ page, /** @type {any} */ options) =>
        page.evaluate(
          (/** @type {any} */ { navigate, ...options }) => {
            globalThis.looks = 0;
            const left = /** @type {string[]} */ ([]);
            globalThis.kept = cs
              .signOut({
                hostedUI: "none",
                ...options,
                ...(navigate && { navigate: () => void left.push(navigate) }),
              })
              .then((result) => ({ left, result: show(result) }));
          },
          { timeoutMs: PATIENT_MS, ...options },
        );
      await start(jane.page, first);
      await until(
        async () =>
          !(await jane.keys(other)).some((key) => key.endsWith("Token")),
        SHOWN_TO_OTHER_TABS,
      );
      await start(other, follows);
      letGo();
      const seen = await other.evaluate(() => globalThis.kept);
      await jane.page.evaluate(() => globalThis.kept);
      const { revokeToken, status, ...rest } = said(seen.result);
      // One that leaves waits for a second at the most.
      const alone = revokeToken === "unconfirmed" && !Object.keys(rest).length;
      assert.deepEqual(
        alone ? COMPLETE : said(seen.result),
        row.told,
        JSON.stringify(seen.result),
      );
      assert.equal(seen.result.wasSignedIn, true);
      assert.deepEqual(seen.left, left);
      if (row.logoutUrl !== undefined)
        assert.equal(!!seen.result.logoutUrl, row.logoutUrl);
      const device = (await jane.keys(other)).filter((key) =>
        key.endsWith(".deviceKey"),
      );
      const forgets = first.forgetDevice || follows.forgetDevice;
      assert.equal(device.length, forgets ? 0 : 1);
      assert.equal(await loads(other), false);
    });

  test("what fails in the other tab is told only to one that asked for it", async (t) => {
    const { jane } = await signedIn(t);
    const other = await jane.tab();
    await allLoad([other]);
    jane.fault({
      operation: "GlobalSignOut",
      answer: { type: "ForbiddenException" },
    });
    const letGo = jane.hold("RevokeToken");
    const first = jane.signOut({ global: true });
    await until(() => jane.calls.length, "it is under way");
    const follows = jane.signOut({}, other);
    letGo();
    assert.equal(said(await first).globalSignOut, "service");
    assert.deepEqual(said(await follows), COMPLETE);
  });

  test("a sign-out that fails in the other tab is no success here", async (t) => {
    const { jane } = await signedIn(t);
    const other = await jane.tab();
    await allLoad([other]);
    // The entry goes again, as after a failed removal.
    const letGo = jane.hold("RevokeToken");
    const first = jane.signOut();
    await until(() => jane.calls.length, "it is under way");
    const follows = jane.signOut({}, other);
    await other.waitForFunction(() => cs.isSigningOut());
    await jane.page.evaluate((key) => {
      localStorage.setItem(key, "[]");
      const channel = new BroadcastChannel(key.replace("ended", "tabs"));
      channel.postMessage("[]");
      channel.close();
    }, `cognito-signout.${jane.clientId}.ended`);
    const result = await follows;
    assert.equal(result.revokeTokenError?.error.code, "unconfirmed");
    letGo();
    await first;
  });
});
