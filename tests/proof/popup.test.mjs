// Which window speaks for the popup, and what its page proves of the hosted UI's logout.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { listen } from "../../scripts/lib/listen.mjs";
import { COOP, LOGOUT_STAYS } from "../e2e/lib/popup.mjs";
import {
  HANGS_MS,
  can,
  needs,
  sideBySide,
  until,
  useWorld,
} from "../e2e/lib/world.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Visitor } from "../e2e/lib/world.mjs" */

const world = useWorld();

/** An upstream identity provider: sends the browser on to `?to=` by a redirect. */
let upstream = { origin: "", close: async () => {} };
before(async () => {
  upstream = await listen(
    createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://localhost");
      const location = url.searchParams.get("to") ?? "";
      response.writeHead(302, { location }).end();
    }),
  );
});
after(() => upstream.close());

/**
 * A user of the hosted UI whose only sign-out URL is this path of the app.
 * @param {any} t
 * @param {string} [path] where the app is, and where the hosted UI sends back to
 * @param {import("../e2e/lib/world.mjs").VisitorOptions} [options]
 */
async function signedIn(t, path = "/", options = {}) {
  const urls = [`${world.origin}${path}`];
  const jane = await world.visitor(t, {
    path: path.replace(/moved$/, ""),
    client: { logoutUrls: urls },
    ...options,
    config: {
      hostedUI: { domain: world.cognito.origin, redirectSignOut: urls },
      ...options.config,
    },
  });
  await jane.signInByHostedUI();
  await jane.go(path.replace(/moved$/, ""));
  return jane;
}

/** Whether the sign-out has not settled, some time after it could have. @param {Page} page */
const waits = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        void globalThis.kept.then(() => resolve(false));
        setTimeout(() => resolve(true), 500);
      }),
  );

/**
 * @param {Visitor} jane
 * @param {Page} popup
 */
async function isComplete(jane, popup) {
  const result = await jane.result();
  assert.equal(result.status, "complete", JSON.stringify(result));
  assert.equal(result.steps[0].step, "popup");
  assert.equal(result.steps[0].outcome, "ok");
  assert.equal(await jane.isAskedForPassword(), true);
  await until(() => jane.isClosed(popup), "the popup is closed");
}

/** @param {Page} page @param {string} policy its Referrer-Policy from now on */
const setPolicy = (page, policy) =>
  page.evaluate((policy) => {
    const meta = document.createElement("meta");
    meta.name = "referrer";
    meta.content = policy;
    if (policy !== "default") document.head.append(meta);
  }, policy);

/** Waits until the hosted UI has a request of the popup. @param {Visitor} jane @param {Page} popup */
async function isAtLogout(jane, popup) {
  await until(
    () =>
      jane.control
        .requests({ clientId: jane.clientId })
        .some(({ operation }) => operation === "/logout"),
    "the popup asks for /logout",
  );
  return popup;
}

describe("who speaks for the popup", sideBySide(3), () => {
  for (const [name, [path, host]] of Object.entries(COOP))
    test(`COOP: ${name}: its own page is heard, and closes; a new or a reloaded tab at the redirect URL is not`, async (t) => {
      const jane = await signedIn(t, path);
      const { id } = jane.fault({
        operation: "/logout",
        latencyMs: 2 * HANGS_MS,
        ...(host && {
          processed: true,
          answer: {
            status: 302,
            headers: {
              location: jane.origin + path,
              "cross-origin-opener-policy": host,
            },
          },
        }),
      });
      const popup = await jane.clickToPopup();
      const isSigningOut = () => jane.page.evaluate(() => cs.isSigningOut());
      assert.equal(await isSigningOut(), true);
      await isAtLogout(jane, popup);
      const tab = await jane.tab(path);
      await tab.reload();
      await tab.waitForFunction(() => globalThis.ready);
      if (can("openWindows")) {
        // Opened by the app itself, with a copy of this page's sessionStorage.
        const child = await jane.opened(() =>
          jane.page.evaluate((url) => void window.open(url), path),
        );
        await child.waitForFunction(() => globalThis.ready);
      }
      assert.equal(await waits(jane.page), true);
      assert.equal(await isSigningOut(), true);
      assert.ok((await jane.keys()).length > 0);
      assert.equal(await jane.isClosed(popup), false);
      assert.equal(await jane.isClosed(tab), false);
      jane.control.removeFault(id);
      await isComplete(jane, popup);
      assert.equal(await isSigningOut(), false);
      assert.ok(jane.calls.includes("RevokeToken"));
      assert.deepEqual(await jane.keys(), []);
    });

  test("a duplicate of the page that waits is ignored, and its sessionStorage never holds what proves the popup", async (t) => {
    const jane = await signedIn(t);
    const letGo = jane.hold("/logout");
    const popup = await jane.clickToPopup();
    const held = await jane.page.evaluate(() => Object.keys(sessionStorage));
    assert.deepEqual(
      held.filter((key) => key.endsWith(".popup")),
      [],
    );
    const tab = await jane.tab("");
    await tab.goto(`${jane.origin}/blank`);
    await tab.evaluate(
      (all) => Object.assign(sessionStorage, all),
      await jane.page.evaluate(() => ({ ...sessionStorage })),
    );
    await jane.go("/", tab);
    assert.equal(await waits(jane.page), true);
    letGo();
    await isComplete(jane, popup);
  });

  test("a page that was a popup of ours itself, with what it had then: the new popup's own counts", async (t) => {
    const jane = await signedIn(t);
    const key = `cognito-signout.${jane.clientId}.popup`;
    await jane.page.evaluate((key) => (sessionStorage[key] = "old"), key);
    const popup = await jane.clickToPopup();
    await isComplete(jane, popup);
    assert.equal(
      await jane.page.evaluate((k) => sessionStorage[k], key),
      "old",
    );
  });

  test("a late report of an earlier popup is ignored", async (t) => {
    // With COOP nobody can close the first.
    const jane = await signedIn(t, "/coop/");
    const letGo = jane.hold("/logout");
    const first = await jane.clickToPopup({ popupTimeoutMs: 300 });
    const timedOut = await jane.result();
    assert.equal(timedOut.hostedUIError.error.code, "timeout");
    await jane.signIn({ origin: "hostedUI" });
    const second = await jane.clickToPopup();
    await first.goto(`${jane.origin}/coop/`).catch(() => {});
    await until(() => jane.isClosed(first), "the first is closed");
    assert.equal(await waits(jane.page), true);
    letGo();
    await isComplete(jane, second);
  });

  test(
    "of two clients of one id each hears its own popup alone",
    needs("openWindows"),
    async (t) => {
      const jane = await world.visitor(t);
      jane.hold("/logout");
      const tokens = [jane.session(), jane.session()].map(
        ({ accessToken, refreshToken }) => ({ accessToken, refreshToken }),
      );
      await jane.page.evaluate(async ([config, tokens]) => {
        const all = await Promise.all(
          tokens.map(async (/** @type {any} */ each) => {
            const client = cs.createClient({ ...config, storage: "memory" });
            await client.storeTokens(each);
            return client;
          }),
        );
        globalThis.kept = all.map((client) =>
          client.signOut({ hostedUI: "popup" }),
        );
      }, /** @type {[any, any]} */ ([jane.config, tokens]));
      await until(async () => (await jane.pages()).length === 3, "two popups");
      const [, popup] = await jane.pages();
      const settled = () =>
        jane.page.evaluate(async () =>
          Promise.all(
            globalThis.kept.map((/** @type {Promise<any>} */ each) =>
              Promise.race([
                each.then(({ status }) => status),
                new Promise((resolve) => setTimeout(resolve, 500, "waits")),
              ]),
            ),
          ),
        );
      await popup?.goto(`${jane.origin}/`).catch(() => {});
      await until(
        async () => (await settled()).filter((s) => s !== "waits").length,
        "one has settled",
      );
      assert.equal((await settled()).filter((s) => s === "waits").length, 1);
    },
  );

  test(
    "a second click while it is open opens no second one for long",
    needs("openWindows"),
    async (t) => {
      const jane = await signedIn(t);
      const letGo = jane.hold("/logout");
      const popup = await jane.clickToPopup();
      await isAtLogout(jane, popup);
      await jane.page.evaluate(() => {
        globalThis.kept = Promise.all([
          globalThis.kept,
          cs.signOut({ hostedUI: "popup" }),
        ]);
      });
      await until(
        async () =>
          (await jane.pages()).length === 2 && !(await jane.isClosed(popup)),
        "the second is closed",
      );
      letGo();
      const results = await jane.page.evaluate(async () =>
        (await globalThis.kept).map(show),
      );
      assert.deepEqual(
        results.map((/** @type {any} */ { status }) => status),
        ["complete", "complete"],
      );
      assert.equal(await jane.isAskedForPassword(), true);
    },
  );

  test("each popup has a window name of its own", async (t) => {
    const jane = await world.visitor(t);
    const names = await jane.page.evaluate(async () => {
      /** @type {any[]} */
      const names = [];
      window.open = (_, name) => {
        names.push(name);
        return null;
      };
      await cs.signOut({ hostedUI: "popup" });
      await cs.signOut({ hostedUI: "popup" });
      return names;
    });
    assert.equal(names.length, 2);
    assert.notEqual(names[0], names[1]);
  });

  test("without channels the storage event brings its word", async (t) => {
    const jane = await signedIn(t, "/", {
      init: () => {
        Reflect.deleteProperty(globalThis, "BroadcastChannel");
      },
    });
    const popup = await jane.clickToPopup();
    await isComplete(jane, popup);
    assert.deepEqual(
      await jane.page.evaluate(() =>
        Object.keys(localStorage).filter((key) => key.endsWith(".popup")),
      ),
      [],
    );
  });

  test("without crypto its nonce is made another way", async (t) => {
    const jane = await signedIn(t, "/", {
      init: () => {
        Object.defineProperty(crypto, "getRandomValues", {
          value: () => {
            throw new Error("not here");
          },
        });
      },
    });
    const popup = await jane.clickToPopup();
    await isComplete(jane, popup);
  });

  test("where its storage is refused nobody speaks for it: it times out", async (t) => {
    const jane = await signedIn(t);
    await jane.page.evaluate(() => {
      const { open } = window;
      window.open = (...args) =>
        new Proxy(/** @type {any} */ (open.apply(window, args)), {
          get(target, name) {
            if (name === "sessionStorage")
              throw new DOMException("refused", "SecurityError");
            const value = target[name];
            return typeof value === "function" ? value.bind(target) : value;
          },
          set(target, name, value) {
            target[name] = value;
            return true;
          },
        });
    });
    const popup = await jane.clickToPopup({ popupTimeoutMs: 2000 });
    const result = await jane.result();
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "timeout");
    assert.deepEqual(await jane.keys(), []);
    await until(() => jane.isClosed(popup), "the popup is closed");
  });

  test("a window.open that gives this very window is a blocked popup", async (t) => {
    const jane = await signedIn(t);
    const result = await jane.page.evaluate(async () => {
      window.open = () => window;
      return show(await cs.signOut({ hostedUI: "popup" }));
    });
    assert.equal(result.hostedUIError.error.code, "popupBlocked");
    assert.deepEqual(await jane.keys(), []);
  });
});

describe("what the popup's page proves", sideBySide(3), () => {
  for (const policy of ["default", "no-referrer", "same-origin", "origin"])
    for (const way of [
      "straight back",
      "straight back to a page with COOP",
      "upstream by 302",
      "the app's 302",
    ])
      test(`Referrer-Policy ${policy}, ${way}: complete`, async (t) => {
        const path = way.endsWith("COOP")
          ? "/coop/"
          : way === "the app's 302"
            ? "/moved"
            : "/";
        const jane = await signedIn(t, path);
        const back = encodeURIComponent(jane.origin + path);
        if (way === "upstream by 302")
          jane.fault({
            operation: "/logout",
            processed: true,
            answer: {
              status: 302,
              headers: { location: `${upstream.origin}/?to=${back}` },
            },
          });
        await setPolicy(jane.page, policy);
        await isComplete(jane, await jane.clickToPopup());
      });

  for (const path of ["/", "/coop/"])
    for (const policy of ["default", "no-referrer"])
      test(`at ${path}, Referrer-Policy ${policy}, an address typed after Cognito's error page: unconfirmed`, async (t) => {
        const jane = await signedIn(t, path);
        await setPolicy(jane.page, policy);
        jane.fault(LOGOUT_STAYS);
        const popup = await jane.clickToPopup();
        await popup.waitForURL(/logout/);
        await popup.goto(jane.origin + path).catch(() => {});
        const result = await jane.result();
        assert.equal(result.status, "partial");
        assert.equal(result.hostedUIError.error.code, "unconfirmed");
        assert.ok(result.hostedUIError.url.includes("/logout?"));
        assert.equal(result.hidden.retry, "function");
        const [step] = result.steps;
        assert.deepEqual(
          [step.step, step.outcome, step.code],
          ["popup", "failed", "unconfirmed"],
        );
        assert.deepEqual(await jane.keys(), []);
        assert.equal(await jane.isAskedForPassword(), false);
      });

  test("an address that the app sends on, after Cognito's error page: redirectNotCompleted", async (t) => {
    const jane = await signedIn(t);
    jane.fault(LOGOUT_STAYS);
    const popup = await jane.clickToPopup();
    await popup.waitForURL(/logout/);
    await popup.goto(`${jane.origin}/moved`).catch(() => {});
    const result = await jane.result();
    assert.equal(result.hostedUIError.error.code, "redirectNotCompleted");
    assert.match(
      result.hostedUIError.error.recoverySuggestion,
      /allowed sign-out URLs/,
    );
  });

  for (const path of ["/", "/coop/"])
    test(`at ${path}: an address typed while /logout is slow replaces it: unconfirmed`, async (t) => {
      const jane = await signedIn(t, path);
      const letGo = jane.hold("/logout");
      const popup = await jane.clickToPopup();
      await isAtLogout(jane, popup);
      await popup.goto(`${jane.origin}${path}`).catch(() => {});
      const result = await jane.result();
      letGo();
      assert.equal(result.status, "partial");
      assert.equal(result.hostedUIError.error.code, "unconfirmed");
      assert.deepEqual(await jane.keys(), []);
    });

  test("a link on the hosted UI's page: complete", async (t) => {
    const jane = await signedIn(t);
    jane.fault({
      ...LOGOUT_STAYS,
      answer: {
        ...LOGOUT_STAYS.answer,
        body: `<a href="${jane.origin}/">back</a>`,
      },
    });
    const popup = await jane.clickToPopup();
    await popup.waitForURL(/logout/);
    await popup.click("a").catch(() => {});
    const result = await jane.result();
    assert.equal(result.status, "complete", JSON.stringify(result));
  });
});
