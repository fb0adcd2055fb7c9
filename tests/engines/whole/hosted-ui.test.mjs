// The hosted UI: by redirect, in a popup, by hand; there, back, and astray.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COOP, countLooks } from "../../e2e/lib/popup.mjs";
import { HANGS_MS, leftWell, until } from "../../e2e/lib/world.mjs";
import { Window } from "../lib/webdriver.mjs";
import { ONE_BY_ONE, engine, eventually, useEngine } from "../lib/world.mjs";

const world = useEngine();

const OVER = { access: false, refresh: false };
/** The hosted UI's page stays open, as one with a question would. */
const ASKS = {
  operation: "/logout",
  answer: {
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<p>sign out?",
  },
};

describe(`the redirect: ${engine}`, ONE_BY_ONE, () => {
  test("an app that goes on to /login, awaited, can't cancel the logout", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signInByHostedUI();
    // Firefox goes on to what an app asks for in `pagehide`, the logout being done; the others to where Cognito sends them.
    const goesOn = engine === "firefox";
    await jane.returned(goesOn ? "/login" : "/", () => {
      const leave = async () => {
        await cs.signOut();
        location.href = "/login";
      };
      setTimeout(() => void leave());
    });
    const result = await jane.take();
    if (goesOn) assert.equal(result.hostedUIError.error.code, "unconfirmed");
    else leftWell(result);
    assert.equal(await jane.isAskedForPassword(), true);
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
  });

  test("a silent server does not hold it up; what is unknown is unconfirmed", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    jane.fault({ operation: "RevokeToken", silence: true });
    await jane.leaveAndReturn("/");
    const result = await jane.take();
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "unconfirmed");
    assert.equal(result.hostedUIError, undefined);
    assert.equal(await jane.isAskedForPassword(), true);
  });

  test("isSigningOut is true while the page leaves, and false once it is back; the result is handed over once", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const other = await jane.tab();
    jane.fault({ operation: "/logout", latencyMs: 500 });
    await jane.page.evaluate(() => {
      addEventListener("pagehide", () => {
        sessionStorage.setItem("atPagehide", String(cs.isSigningOut()));
      });
    });
    await jane.leaveAndReturn("/");
    assert.equal(
      await jane.page.evaluate(() => sessionStorage.getItem("atPagehide")),
      "true",
    );
    leftWell(await jane.take());
    for (const page of [jane.page, other])
      await eventually(
        () => page.evaluate(() => !cs.isSigningOut()),
        "it is over in each tab",
      );
    await jane.go("/");
    assert.equal(await jane.take(), null);
  });

  test("the app's server sends the user on: it counts as returned, and the step says so", async (t) => {
    const jane = await world.visitor(t);
    const moved = `${jane.origin}/moved`;
    world.control.addClient({ id: jane.clientId, logoutUrls: [moved] });
    await jane.signIn({ origin: "hostedUI" });
    await jane.returned(
      "/landing",
      ([config, moved]) => {
        const leave = async () => {
          config.hostedUI.redirectSignOut = moved;
          await cs.configure(config);
          await cs.signOut();
        };
        setTimeout(() => void leave());
      },
      [jane.config, moved],
    );
    // After the redirects of both servers, the referrer is the page that left.
    assert.equal(
      await jane.page.evaluate(() => document.referrer),
      `${jane.origin}/`,
    );
    const result = await jane.page.evaluate(
      async ([config, moved]) => {
        config.hostedUI.redirectSignOut = moved;
        await cs.configure(config);
        return show(await cs.takeSignOutResult());
      },
      [jane.config, moved],
    );
    leftWell(result);
    const step = result.steps.find(
      (/** @type {any} */ { step }) => step === "navigate",
    );
    assert.match(step.reason, /another address/);
  });

  for (const way of ["types the app's address", "goes back"])
    test(`logout_uri is not registered and the user ${way}`, async (t) => {
      const jane = await world.visitor(t);
      world.control.addClient({
        id: jane.clientId,
        logoutUrls: ["https://elsewhere.example/"],
      });
      const tokens = await jane.signIn({ origin: "hostedUI" });
      await jane.page.evaluate(() => {
        setTimeout(() => void cs.signOut());
      });
      await eventually(
        () => jane.page.evaluate(() => /\/(logout|error)/.test(location.href)),
        "it is stuck at the hosted UI",
      );
      await eventually(
        () => jane.page.evaluate(() => document.readyState === "complete"),
        "the error page is there",
      );
      if (way === "goes back") {
        await jane.page.goBack();
        await eventually(
          () =>
            jane.page.evaluate(
              (origin) => location.origin === origin && globalThis.ready,
              jane.origin,
            ),
          "it is back",
        );
      } else await jane.go("/typed");
      const result = await jane.take();
      assert.equal(result.status, "partial");
      assert.equal(
        result.hostedUIError.error.code,
        way === "goes back" ? "redirectNotCompleted" : "unconfirmed",
      );
      assert.equal(result.hidden.retry, "function");
      assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
      await until(
        () => !world.control.isTokenValid(tokens.refreshToken),
        "the rest was done",
      );
    });

  test("manual: the app gets the URL and stays; none: the hosted UI's session lives on", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    const none = await jane.signOut({ hostedUI: "none" });
    assert.equal(none.status, "complete");
    assert.equal(none.logoutUrl, undefined);
    assert.equal(await jane.isAskedForPassword(), false);
    await jane.signIn({ origin: "hostedUI" });
    const manual = await jane.signOut({ hostedUI: "manual" });
    assert.equal(manual.status, "complete");
    assert.ok(manual.logoutUrl.includes("/logout?"));
    await jane.newDocument(
      jane.page,
      () => jane.page.goto(manual.logoutUrl),
      "/",
    );
    assert.equal(await jane.isAskedForPassword(), true);
  });

  test("in a frame: a redirect is hostedUIError(invalidState), manual works", async (t) => {
    const jane = await world.visitor(t);
    const [first, second] = [
      jane.session({ origin: "hostedUI" }),
      jane.session({ origin: "hostedUI" }),
    ].map(({ accessToken, refreshToken }) => ({
      accessToken,
      refreshToken,
      signInMethod: "hostedUI",
    }));
    await jane.page.evaluate(() => {
      const frame = document.createElement("iframe");
      frame.src = "/framed";
      document.body.append(frame);
    });
    await eventually(
      () => jane.page.evaluate(() => /** @type {any} */ (frames[0]).ready),
      "the frame starts",
    );
    const seen = await jane.page.evaluate(
      async ([first, second]) => {
        const { cs } = /** @type {any} */ (frames[0]);
        await cs.storeTokens(first);
        const stays = show(await cs.signOut());
        await cs.storeTokens(second);
        return [stays, show(await cs.signOut({ hostedUI: "manual" }))];
      },
      [first, second],
    );
    assert.equal(seen[0].status, "partial");
    assert.equal(seen[0].hostedUIError.error.code, "invalidState");
    assert.equal(seen[1].status, "complete");
    assert.ok(seen[1].logoutUrl);
  });
});

describe(`the popup: ${engine}`, ONE_BY_ONE, () => {
  for (const [name, [path, host]] of Object.entries(COOP))
    test(`COOP: ${name}: there and back, then the clear; another tab at the redirect URL is no return`, async (t) => {
      const jane = await world.visitor(t);
      const tokens = await jane.signInByHostedUI();
      await jane.go(path);
      const { id } = jane.fault({
        operation: "/logout",
        latencyMs: 2 * HANGS_MS,
        ...(host && {
          processed: true,
          answer: {
            status: 302,
            headers: {
              location: `${jane.origin}/`,
              "cross-origin-opener-policy": host,
            },
          },
        }),
      });
      const known = await jane.driver.windows();
      await jane.click({ hostedUI: "popup" });
      assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), true);
      await jane.opened(known);
      const other = await jane.tab("/");
      await jane.go("/", other);
      assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), true);
      assert.ok((await jane.keys()).length > 0);
      await other.close();
      jane.control.removeFault(id);
      const result = await jane.result();
      assert.equal(result.status, "complete", JSON.stringify(result));
      assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
      assert.equal(world.control.isTokenValid(tokens.refreshToken), false);
      assert.deepEqual(await jane.keys(), []);
      await until(
        async () => (await jane.driver.windows()).length <= known.length,
        "the popup is closed",
      );
      assert.equal(await jane.isAskedForPassword(), true);
    });

  for (const path of ["/", "/coop/"])
    for (const policy of ["default", "no-referrer"])
      for (const typed of [false, true])
        test(`at ${path}, Referrer-Policy ${policy}, ${typed ? "an error page and a typed address: unconfirmed" : "straight back: complete"}`, async (t) => {
          const jane = await world.visitor(t);
          await jane.signIn({ origin: "hostedUI" });
          await jane.go(path);
          await jane.page.evaluate((policy) => {
            const meta = document.createElement("meta");
            meta.name = "referrer";
            meta.content = policy;
            if (policy !== "default") document.head.append(meta);
          }, policy);
          if (typed) jane.fault(ASKS);
          const known = await jane.driver.windows();
          await jane.click({ hostedUI: "popup" });
          if (typed) {
            const popup = new Window(jane.driver, await jane.opened(known));
            await eventually(
              () =>
                popup.evaluate(() => document.body.textContent === "sign out?"),
              "the popup shows it",
            );
            await popup.goto(`${jane.origin}/`).catch(() => {});
          }
          const result = await jane.result();
          assert.equal(
            result.hostedUIError?.error.code,
            typed ? "unconfirmed" : undefined,
            JSON.stringify(result),
          );
        });

  test("an address typed while /logout is slow replaces it: unconfirmed", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const letGo = jane.hold("/logout");
    const known = await jane.driver.windows();
    await jane.click({ hostedUI: "popup" });
    const popup = new Window(jane.driver, await jane.opened(known));
    await until(
      () => jane.requests.some(({ operation }) => operation === "/logout"),
      "the popup asks for /logout",
    );
    await popup.goto(`${jane.origin}/`).catch(() => {});
    const result = await jane.result();
    letGo();
    assert.equal(
      result.hostedUIError?.error.code,
      "unconfirmed",
      JSON.stringify(result),
    );
  });

  test("closed by the user: userCancelled, and the user is signed in as before", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    const keys = await jane.keys();
    jane.fault(ASKS);
    const known = await jane.driver.windows();
    await jane.page.evaluate(countLooks);
    await jane.click({ hostedUI: "popup" });
    const popup = await jane.opened(known);
    // Closed is believed only once the popup was seen at the hosted UI.
    const window = new Window(jane.driver, popup);
    await eventually(
      () => window.evaluate(() => document.body.textContent === "sign out?"),
      "the popup shows it",
    );
    const before = await jane.page.evaluate(() => globalThis.looks);
    await eventually(
      () => jane.page.evaluate((n) => globalThis.looks >= n + 2, before),
      "it is seen there",
    );
    await window.close();
    const result = await jane.result();
    assert.equal(result.status, "failed");
    assert.equal(result.error.code, "userCancelled");
    assert.deepEqual(await jane.keys(), keys);
    assert.equal(world.control.isTokenValid(tokens.refreshToken), true);
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
  });

  test("timed out: hostedUIError(timeout), and the sign-out goes on", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    jane.fault(ASKS);
    await jane.click({ hostedUI: "popup", popupTimeoutMs: 300 });
    const result = await jane.result();
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "timeout");
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("blocked, for no one clicked: hostedUIError(popupBlocked) with the URL, and the sign-out goes on", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    const result = await jane.page.evaluate(async () => {
      // What a popup blocker answers; a driver's own calls count as clicks in some engines.
      window.open = () => null;
      return show(await cs.signOut({ hostedUI: "popup" }));
    });
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "popupBlocked");
    assert.ok(result.hostedUIError.url.includes("/logout?"));
    assert.deepEqual(jane.areValid(tokens), OVER);
  });
});
