// How the browser comes back from the hosted UI, or does not, and what the page after says of it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../scripts/lib/listen.mjs";
import { builtApp } from "../e2e/lib/app.mjs";
import { serve } from "../e2e/lib/static-server.mjs";
import {
  HANGS_MS,
  leftWell,
  ready,
  until,
  useWorld,
} from "../e2e/lib/world.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Visitor } from "../e2e/lib/world.mjs" */

const world = useWorld();
/** One whose pages go into the back-forward cache, as people's do. */
const cached = useWorld({
  ignoreDefaultArgs: ["--disable-back-forward-cache"],
});

/** An upstream identity provider: /302 goes on by itself, /script by a script, with no referrer. Both go to `?to=`. */
let upstream = { origin: "", close: async () => {} };
/** The app, at an origin where `/slow` waits until it is let go. */
let slow = { origin: "", close: async () => {} };
/** @type {Map<string, () => void>} */
const waiting = new Map();

before(async () => {
  upstream = await listen(
    createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://localhost");
      const to = url.searchParams.get("to") ?? "";
      if (url.pathname === "/302")
        response.writeHead(302, { location: to }).end();
      else
        response
          .writeHead(200, {
            "content-type": "text/html",
            "referrer-policy": "no-referrer",
          })
          .end(
            `<script>setTimeout(() => location.assign(${JSON.stringify(to)}), 50)</script>`,
          );
    }),
  );
  slow = await serve(
    await builtApp(),
    undefined,
    async (pathname, response) => {
      if (pathname === "/gone") {
        response.writeHead(204).end();
        return true;
      }
      if (pathname === "/by-server") {
        response.writeHead(302, { location: "/elsewhere" }).end();
        return true;
      }
      if (pathname.startsWith("/slow/"))
        await new Promise((resolve) =>
          waiting.set(pathname, () => resolve(undefined)),
        );
      return false;
    },
  );
});
after(async () => {
  for (const letGo of waiting.values()) letGo();
  await Promise.all([upstream.close(), slow.close()]);
});

/** @param {Page} page */
const take = (page) =>
  page.evaluate(async () => show(await cs.takeSignOutResult()));

/** Signs out in a task of its own. @param {Page} page @param {object} [options] */
const begin = (page, options) =>
  page.evaluate((options) => {
    setTimeout(() => void cs.signOut(options));
  }, options);

/** @param {Page} page @param {string} url */
async function isAt(page, url) {
  // Playwright's own wait gives up with the navigation that was replaced.
  await until(() => page.url() === url, `it is at ${url}`);
  await ready(page);
}

/** @param {any} result @param {"unconfirmed" | "redirectNotCompleted"} code */
function isNotDone(result, code) {
  assert.equal(result?.status, "partial", JSON.stringify(result));
  assert.equal(result.hostedUIError.error.code, code);
  assert.ok(result.hostedUIError.url.includes("/logout?"));
  const { outcome, code: told } = result.steps.find(
    (/** @type {any} */ { step }) => step === "navigate",
  );
  assert.deepEqual([outcome, told], ["failed", code]);
}

/**
 * A visitor whose sign-out URL is one of theirs.
 * @param {any} t
 * @param {string} back
 * @param {import("../e2e/lib/world.mjs").VisitorOptions} [options]
 */
async function visitorWith(t, back, options) {
  const url = new URL(back);
  return world.visitor(t, {
    origin: url.origin,
    client: { logoutUrls: [back] },
    config: {
      hostedUI: { domain: world.cognito.origin, redirectSignOut: back },
    },
    ...options,
  });
}

let acts = 0;

/**
 * Has a page do something when told to. It is told by an answer, since Playwright can't reach a page that is on its way.
 * @param {Page} page
 * @param {() => unknown} act
 * @param {() => unknown} [andThen] what it does a moment later
 */
async function armed(page, act, andThen = () => {}) {
  const path = `/slow/act-${++acts}`;
  await page.evaluate(
    `globalThis.ready = false;
    fetch(${JSON.stringify(slow.origin + path)}).then(() => {
      (${act})();
      setTimeout(${andThen}, 300);
    });
    undefined;`,
  );
  await until(() => waiting.has(path), "it is armed");
  return () => waiting.get(path)?.();
}

/** @param {Visitor} visitor */
const isAsked = (visitor) =>
  until(
    () =>
      visitor.control
        .faults()
        .some(
          ({ clientId, seen }) => clientId === visitor.clientId && seen > 0,
        ) || visitor.calls.some((call) => call.includes("/logout")),
    "the hosted UI is asked",
  );

describe("a true return", { concurrency: 3, timeout: 4 * HANGS_MS }, () => {
  for (const policy of ["no-referrer", "same-origin", "origin", "default"]) {
    const folder = policy === "default" ? "/" : `/${policy}/`;
    for (const way of [
      "straight back",
      "302 to another page",
      "replaceState before the result is asked for",
      "upstream by 302",
    ])
      test(`${policy}, ${way}: complete, with appState`, async (t) => {
        const moved = way.startsWith("302");
        const back = `${world.origin}${folder}${moved ? "moved" : "out"}`;
        const jane = await visitorWith(t, back, {
          path: `${folder}page`,
          ...(way.startsWith("replaceState") && {
            init: () => {
              if (location.pathname.endsWith("/out"))
                history.replaceState(null, "", "signed-out?by=router");
            },
          }),
        });
        await jane.signIn({ origin: "hostedUI" });
        if (way.startsWith("upstream"))
          jane.fault({
            operation: "/logout",
            answer: {
              status: 302,
              headers: { location: `${upstream.origin}/302?to=${back}` },
              body: "",
            },
          });
        await begin(jane.page, { appState: { n: 1 } });
        const last = way.startsWith("replaceState")
          ? "signed-out?by=router"
          : moved
            ? "landing"
            : "out";
        await isAt(jane.page, `${world.origin}${folder}${last}`);
        const result = await take(jane.page);
        leftWell(result);
        assert.deepEqual(result.appState, { n: 1 });
        assert.equal(result.hidden.retry, "undefined");
      });
  }

  test("an upstream page that goes on by script and sends no referrer: unconfirmed", async (t) => {
    const back = `${world.origin}/out`;
    const jane = await visitorWith(t, back);
    await jane.signIn({ origin: "hostedUI" });
    jane.fault({
      operation: "/logout",
      answer: {
        status: 302,
        headers: { location: `${upstream.origin}/script?to=${back}` },
        body: "",
      },
    });
    await begin(jane.page);
    await isAt(jane.page, back);
    isNotDone(await take(jane.page), "unconfirmed");
  });

  for (const [what, act] of /** @type {[string, () => void][]} */ ([
    ["pushState", () => history.pushState(null, "", "/pushed")],
    ["replaceState", () => history.replaceState(null, "", "/replaced")],
    ["a hash", () => void (location.hash = "here")],
    [
      "a navigation that the app intercepts",
      () => {
        const { navigation } = /** @type {any} */ (globalThis);
        navigation.addEventListener(
          "navigate",
          (/** @type {any} */ event) =>
            event.intercept({ handler: async () => {} }),
          { once: true },
        );
        location.assign("/intercepted");
      },
    ],
    [
      "a navigation that the app prevents",
      () => {
        const { navigation } = /** @type {any} */ (globalThis);
        navigation.addEventListener(
          "navigate",
          (/** @type {any} */ event) => event.preventDefault(),
          { once: true },
        );
        location.assign("/prevented");
      },
    ],
    [
      "a download",
      () => {
        const link = document.createElement("a");
        link.href = "data:text/plain,hello";
        link.download = "hello.txt";
        link.click();
      },
    ],
    [
      "a frame's navigation",
      () => {
        const frame = document.createElement("iframe");
        frame.src = "/blank?1";
        document.body.append(frame);
        frame.onload = () => frame.contentWindow?.location.assign("/blank?2");
      },
    ],
    ["javascript:", () => location.assign("javascript:void 0")],
  ]))
    test(`${what} while leaving: complete`, async (t) => {
      const jane = await world.visitor(t, { path: "/page" });
      await jane.signIn({ origin: "hostedUI" });
      const letGo = jane.hold("/logout");
      const go = await armed(jane.page, act);
      await begin(jane.page, { appState: 1 });
      await isAsked(jane);
      go();
      await sleep(300);
      letGo();
      await isAt(jane.page, `${jane.origin}/`);
      const result = await take(jane.page);
      leftWell(result);
      assert.equal(result.appState, 1);
    });

  test("pushState in the page after, and a reload before the result is asked for", async (t) => {
    const jane = await world.visitor(t, { path: "/page" });
    await jane.signIn({ origin: "hostedUI" });
    await begin(jane.page);
    await isAt(jane.page, `${jane.origin}/`);
    await jane.page.evaluate(() => history.pushState(null, "", "/router"));
    await jane.page.reload();
    await ready(jane.page);
    leftWell(await take(jane.page));
  });

  test("navigate: the app's own way to our address, however slow /logout is", async (t) => {
    const jane = await world.visitor(t, { path: "/page" });
    await jane.signIn({ origin: "hostedUI" });
    const letGo = jane.hold("/logout");
    await jane.page.evaluate(() => {
      const leave = async () => {
        const { status } = await cs.signOut({
          navigate: async (url) => {
            await Promise.resolve();
            location.replace(url);
          },
        });
        sessionStorage.setItem("told", status);
      };
      setTimeout(() => void leave());
    });
    await isAsked(jane);
    // Longer than the package looks after the storage.
    await sleep(2500);
    letGo();
    await isAt(jane.page, `${jane.origin}/`);
    leftWell(await take(jane.page));
    const told = await jane.page.evaluate(() => sessionStorage.getItem("told"));
    assert.ok(told);
  });
});

describe(
  "a navigation that replaces ours",
  { concurrency: 3, timeout: 4 * HANGS_MS },
  () => {
    /** What it is, where it leads to, and what the page does; the browser itself does the rest by DevTools. @type {[string, string, (() => void) | "Page.navigate" | "Page.reload"][]} */
    const ways = [
      [
        "a guard that assigns",
        "/elsewhere",
        () => location.assign("/elsewhere"),
      ],
      ["location.replace", "/elsewhere", () => location.replace("/elsewhere")],
      ["location.reload", "/page", () => location.reload()],
      [
        "an address of the app that goes on by 302",
        "/elsewhere",
        () => location.assign("/by-server"),
      ],
      [
        "a link",
        "/elsewhere",
        () => {
          const link = document.createElement("a");
          link.href = "/elsewhere";
          document.body.append(link);
          link.click();
        },
      ],
      [
        "a form",
        "/elsewhere?",
        () => {
          const form = document.createElement("form");
          form.action = "/elsewhere";
          document.body.append(form);
          form.submit();
        },
      ],
      ["history.back", "/before", () => history.back()],
      ["the browser's reload", "/page", "Page.reload"],
      ["a typed address", "/elsewhere", "Page.navigate"],
      ["a typed address, the redirect URL", "/out", "Page.navigate"],
    ];

    for (const [what, path, act] of ways)
      for (const leg of ["the first", "the second"])
        test(`${what}, ${leg} leg slow: unconfirmed, with retry`, async (t) => {
          const second = leg === "the second";
          const { origin } = slow;
          const slowPath = `/slow/${what}`.replaceAll(/[ ,.']/g, "-");
          const back = origin + (second ? slowPath : "/out");
          const jane = await visitorWith(t, back, { path: "/before" });
          await jane.go("/page");
          await jane.signIn({ origin: "hostedUI" });
          const letGo = second ? () => {} : jane.hold("/logout");
          const devtools = await jane.context.newCDPSession(jane.page);
          const byPage = typeof act === "function" ? act : () => {};
          const go = await armed(jane.page, byPage);
          await begin(jane.page);
          await (second
            ? until(() => waiting.has(slowPath), "the app is asked")
            : isAsked(jane));
          if (typeof act === "function") go();
          else
            void devtools
              .send(act, /** @type {any} */ ({ url: origin + path }))
              .catch(() => {});
          await isAt(jane.page, origin + path);
          letGo();
          waiting.get(slowPath)?.();
          const result = await take(jane.page);
          isNotDone(result, "unconfirmed");
          assert.equal(result.hidden.retry, "function");
          assert.equal(
            await jane.page.evaluate(() => cs.isSigningOut()),
            false,
          );
        });

    test("a guard that starts /authorize, which sends back by 302: unconfirmed", async (t) => {
      const jane = await world.visitor(t);
      await jane.signInByHostedUI();
      const letGo = jane.hold("/logout");
      await jane.page.evaluate(
        (url) => {
          globalThis.kept = url;
        },
        jane.authorizeUrl("v".repeat(43)),
      );
      const go = await armed(jane.page, () => location.assign(globalThis.kept));
      await begin(jane.page);
      await isAsked(jane);
      go();
      await jane.page.waitForURL(/[?&]code=/);
      await ready(jane.page);
      letGo();
      isNotDone(await take(jane.page), "unconfirmed");
    });

    test("the caller's own promise says so too, in pagehide", async (t) => {
      const jane = await world.visitor(t);
      await jane.signIn({ origin: "hostedUI" });
      const letGo = jane.hold("/logout");
      const go = await armed(jane.page, () => location.assign("/elsewhere"));
      await jane.page.evaluate(() => {
        setTimeout(
          () =>
            void cs.signOut().then((result) => {
              sessionStorage.setItem("told", JSON.stringify(result));
            }),
        );
      });
      await isAsked(jane);
      go();
      await isAt(jane.page, `${jane.origin}/elsewhere`);
      letGo();
      const told = await jane.page.evaluate(() =>
        JSON.parse(sessionStorage.getItem("told") ?? "null"),
      );
      isNotDone(told, "unconfirmed");
    });

    for (const [what, act] of /** @type {[string, () => void][]} */ ([
      ["a 204 answer", () => location.assign("/gone")],
      ["mailto:", () => location.assign("mailto:jane@example.com")],
      ["window.stop", () => window.stop()],
    ]))
      test(`${what} keeps the page, and a link leaves it later: unconfirmed`, async (t) => {
        const { origin } = slow;
        const jane = await visitorWith(t, `${origin}/out`);
        await jane.signIn({ origin: "hostedUI" });
        const letGo = jane.hold("/logout");
        const go = await armed(jane.page, act, () =>
          location.assign("/elsewhere"),
        );
        await begin(jane.page);
        await isAsked(jane);
        go();
        await isAt(jane.page, `${origin}/elsewhere`);
        letGo();
        isNotDone(await take(jane.page), "unconfirmed");
      });

    test("navigate: a guard beside it, and one that leads to another page: unconfirmed", async (t) => {
      for (const way of ["guard", "another page"]) {
        const jane = await world.visitor(t);
        await jane.signIn({ origin: "hostedUI" });
        const letGo = jane.hold("/logout");
        const go = await armed(jane.page, () => location.assign("/elsewhere"));
        await jane.page.evaluate((way) => {
          setTimeout(
            () =>
              void cs.signOut({
                navigate: (url) =>
                  location.assign(way === "guard" ? url : "/elsewhere"),
              }),
          );
        }, way);
        if (way === "guard") {
          await isAsked(jane);
          go();
        }
        await isAt(jane.page, `${jane.origin}/elsewhere`);
        letGo();
        isNotDone(await take(jane.page), "unconfirmed");
      }
    });
  },
);

describe("astray", { concurrency: 3, timeout: 4 * HANGS_MS }, () => {
  for (const path of ["/typed", "/"])
    test(`after the error page, ${path} is typed: unconfirmed`, async (t) => {
      const jane = await world.visitor(t, {
        client: { logoutUrls: ["https://elsewhere.example/"] },
        path: "/page",
      });
      await jane.signIn({ origin: "hostedUI" });
      await begin(jane.page);
      await jane.page.waitForURL(/logout/);
      await jane.go(path);
      const result = await take(jane.page);
      isNotDone(result, "unconfirmed");
      assert.equal(result.hidden.retry, "function");
    });

  test("a record that no pagehide judged proves nothing: unconfirmed", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    await jane.page.evaluate(async () => {
      await cs.signOut({ navigate: () => {} });
    });
    // As after a crash.
    const record = await jane.page.evaluate(() => ({ ...sessionStorage }));
    await jane.context.addInitScript((record) => {
      if (location.pathname === "/later") Object.assign(sessionStorage, record);
    }, record);
    await jane.go("/later");
    isNotDone(await take(jane.page), "unconfirmed");
  });
});

describe(
  "with the back-forward cache",
  { concurrency: 3, timeout: 4 * HANGS_MS },
  () => {
    /** @param {any} t @param {import("../e2e/lib/world.mjs").VisitorOptions} [options] */
    const visitor = (t, options) =>
      cached.visitor(t, { path: "/page", ...options });

    test("a true return: complete; back in the page that left: nothing more to say", async (t) => {
      const jane = await visitor(t);
      await jane.signIn({ origin: "hostedUI" });
      await jane.page.evaluate(() => {
        globalThis.kept = "left";
      });
      await begin(jane.page);
      await isAt(jane.page, `${jane.origin}/`);
      leftWell(await take(jane.page));
      await jane.page.goBack({ waitUntil: "commit" });
      await until(
        () => jane.page.url() === `${jane.origin}/page`,
        "it is there",
      );
      assert.equal(await jane.page.evaluate(() => globalThis.kept), "left");
      assert.equal(await take(jane.page), null);
    });

    test("an error page, and back: redirectNotCompleted", async (t) => {
      const jane = await visitor(t, {
        client: { logoutUrls: ["https://elsewhere.example/"] },
      });
      await jane.signIn({ origin: "hostedUI" });
      await jane.page.evaluate(() => {
        globalThis.kept = "left";
      });
      await begin(jane.page);
      await jane.page.waitForURL(/logout/);
      await jane.page.goBack({ waitUntil: "commit" });
      await until(
        () => jane.page.url() === `${jane.origin}/page`,
        "it is there",
      );
      // It is the very document.
      assert.equal(await jane.page.evaluate(() => globalThis.kept), "left");
      isNotDone(await take(jane.page), "redirectNotCompleted");
    });

    test("replaced, and back in the page that left: unconfirmed", async (t) => {
      const jane = await visitor(t);
      await jane.signIn({ origin: "hostedUI" });
      const letGo = jane.hold("/logout");
      const go = await armed(jane.page, () => location.assign("/blank"));
      await begin(jane.page);
      await isAsked(jane);
      go();
      await until(
        () => jane.page.url() === `${jane.origin}/blank`,
        "it is there",
      );
      letGo();
      await jane.page.goBack({ waitUntil: "commit" });
      await until(
        () => jane.page.url() === `${jane.origin}/page`,
        "it is there",
      );
      isNotDone(await take(jane.page), "unconfirmed");
    });

    test("an error page, and back to the page before the one that left: redirectNotCompleted", async (t) => {
      const jane = await visitor(t, {
        client: { logoutUrls: ["https://elsewhere.example/"] },
        path: "/",
        // Chromium drops a kept page that a channel has a message for.
        init: () => {
          Reflect.deleteProperty(globalThis, "BroadcastChannel");
        },
      });
      await jane.page.evaluate(() => {
        globalThis.kept = "before";
      });
      await jane.go("/page");
      await jane.signIn({ origin: "hostedUI" });
      await begin(jane.page);
      await jane.page.waitForURL(/logout/);
      await jane.page.evaluate(() => {
        setTimeout(() => history.go(-2));
      });
      await until(() => jane.page.url() === `${jane.origin}/`, "it is there");
      await ready(jane.page);
      assert.equal(await jane.page.evaluate(() => globalThis.kept), "before");
      isNotDone(await take(jane.page), "redirectNotCompleted");
    });

    test("an error page, and a typed address: unconfirmed", async (t) => {
      const jane = await visitor(t, {
        client: { logoutUrls: ["https://elsewhere.example/"] },
      });
      await jane.signIn({ origin: "hostedUI" });
      await begin(jane.page);
      await jane.page.waitForURL(/logout/);
      await jane.go("/");
      isNotDone(await take(jane.page), "unconfirmed");
    });
  },
);

describe(
  "a retry can't loop",
  { concurrency: 3, timeout: 4 * HANGS_MS },
  () => {
    /** In each page: the result is taken, and tried again at once. */
    const retryOnLoad = () => {
      void (async () => {
        const { cs } = globalThis;
        const result = /** @type {any} */ (await cs.takeSignOutResult());
        if (!result) return;
        const seen = JSON.parse(sessionStorage.getItem("seen") ?? "[]");
        seen.push([result.status, typeof result.retry]);
        sessionStorage.setItem("seen", JSON.stringify(seen));
        await result.retry?.();
      })();
    };
    /** @param {Page} page */
    const seen = (page) =>
      page
        .evaluate(() => JSON.parse(sessionStorage.getItem("seen") ?? "[]"))
        .catch(() => []);

    test("await result.retry?.() on load: one retry, and then none", async (t) => {
      const back = `${world.origin}/out`;
      const jane = await visitorWith(t, back, { start: retryOnLoad });
      await jane.signIn({ origin: "hostedUI" });
      // Nobody can ever confirm this one.
      jane.fault({
        operation: "/logout",
        answer: {
          status: 302,
          headers: { location: `${upstream.origin}/script?to=${back}` },
          body: "",
        },
      });
      await begin(jane.page);
      await until(
        async () => (await seen(jane.page)).length === 2,
        "it is tried again",
      );
      assert.deepEqual(await seen(jane.page), [
        ["partial", "function"],
        ["partial", "undefined"],
      ]);
      await jane.page.evaluate(
        () => new Promise((resolve) => setTimeout(resolve, 500)),
      );
      const visits = jane.calls.filter((call) => call.includes("/logout"));
      assert.equal(visits.length, 2);
      // Nor by another sign-out of this tab, whatever fails.
      const again = await jane.page.evaluate(async () =>
        show(
          await cs.signOut({
            hostedUI: "redirect",
            navigate: () => Promise.reject(new Error("no")),
          }),
        ),
      );
      assert.equal(again.status, "partial");
      assert.equal(again.hidden.retry, "undefined");
      // A session that is stored starts afresh.
      await jane.signIn({ origin: "hostedUI" });
      const fresh = await jane.page.evaluate(async () =>
        show(
          await cs.signOut({ navigate: () => Promise.reject(new Error("no")) }),
        ),
      );
      assert.equal(fresh.hidden.retry, "function");
    });

    test("a sign-out that could not leave, its retry that left, and the page after: no retry", async (t) => {
      const jane = await world.visitor(t, {
        client: { logoutUrls: ["https://elsewhere.example/"] },
      });
      await jane.signIn({ origin: "hostedUI" });
      await jane.page.evaluate(async () => {
        let times = 0;
        const result = /** @type {any} */ (
          await cs.signOut({
            navigate: (url) => {
              if (!times++) throw new Error("no");
              location.assign(url);
            },
          })
        );
        setTimeout(() => void result.retry());
      });
      await jane.page.waitForURL(/logout/);
      await jane.go("/");
      const result = await take(jane.page);
      isNotDone(result, "unconfirmed");
      assert.equal(result.hidden.retry, "undefined");
    });

    test("a retry that did not leave can be tried again", async (t) => {
      const jane = await world.visitor(t);
      await jane.signIn({ origin: "hostedUI" });
      const retries = await jane.page.evaluate(async () => {
        /** @type {any} */
        let result = await cs.signOut({
          navigate: () => Promise.reject(new Error("no")),
        });
        const kinds = [typeof result.retry];
        result = await result.retry();
        return [...kinds, typeof result.retry];
      });
      assert.deepEqual(retries, ["function", "function"]);
    });

    test("a session that another library stored starts afresh", async (t) => {
      const jane = await world.visitor(t, {
        client: { logoutUrls: ["https://elsewhere.example/"] },
      });
      const { page } = jane;
      const first = await jane.signIn({ origin: "hostedUI" });
      const stored = await page.evaluate(() => JSON.stringify(localStorage));
      const leaves = async (/** @type {boolean} */ byRetry) => {
        await page.evaluate((byRetry) => {
          const leave = async () => {
            const result = /** @type {any} */ (await cs.takeSignOutResult());
            await (byRetry ? result.retry() : cs.signOut());
          };
          setTimeout(() => void leave());
        }, byRetry);
        await page.waitForURL(/logout/);
        await jane.go("/");
        return (await take(page)).hidden.retry;
      };
      assert.equal(await leaves(false), "function");
      assert.equal(await leaves(true), "undefined");
      const second = jane.session({ origin: "hostedUI" });
      await page.evaluate(
        (stored) => void Object.assign(localStorage, JSON.parse(stored)),
        stored
          .replace(first.accessToken, second.accessToken)
          .replace(first.refreshToken, second.refreshToken)
          .replace(first.idToken, second.idToken),
      );
      assert.equal(await leaves(false), "function");
    });
  },
);
