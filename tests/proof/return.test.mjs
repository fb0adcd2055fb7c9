// How the browser comes back from the hosted UI, or does not, and what the page after says of it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../scripts/lib/listen.mjs";
import {
  can,
  engine,
  eventually,
  leftWell,
  needs,
  sideBySide,
  slowClock,
  until,
  useWorld,
} from "../e2e/lib/world.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Visitor } from "../e2e/lib/world.mjs" */

/** The app's server lets `/slow` wait until it is let go, and later requests pass. @type {Map<string, { gone: Promise<unknown>, letGo: () => void }>} */
const waiting = new Map();

/** @param {string} path */
function slow(path) {
  let letGo = () => {};
  const gone = new Promise((resolve) => {
    letGo = () => resolve(undefined);
  });
  const known = waiting.get(path) ?? { gone, letGo };
  waiting.set(path, known);
  return known;
}

/** What pages have told the app's server that they have done. @type {Set<string>} */
const acted = new Set();

const world = useWorld({
  // Pages go into the back-forward cache, as people's do.
  ignoreDefaultArgs: ["--disable-back-forward-cache"],
  answer: async (pathname, response) => {
    if (pathname === "/gone") {
      response.writeHead(204).end();
      return true;
    }
    if (pathname === "/by-server") {
      response.writeHead(302, { location: "/elsewhere" }).end();
      return true;
    }
    if (pathname.startsWith("/acted/")) {
      acted.add(pathname);
      response.writeHead(204).end();
      return true;
    }
    if (pathname.startsWith("/slow/")) await slow(pathname).gone;
    return false;
  },
});

/** WebKitGTK 2.50 has no Navigation API. */
const tellsWhereFrom = engine !== "webkit";

/** An address to type after an error page: to WebKit the redirect URL itself looks as a true return. */
const unknown = tellsWhereFrom ? "/" : "/typed";

/** An upstream identity provider: /302 goes on by itself, /script by a script, with no referrer. Both go to `?to=`. */
let upstream = { origin: "", close: async () => {} };

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
});
after(async () => {
  for (const { letGo } of waiting.values()) letGo();
  await upstream.close();
});

/** What WebKit has no way to do. @param {string} what */
const isLeftOut = (what) =>
  engine === "webkit" &&
  ((["a hash", "a download"].includes(what) &&
    "it cancels our navigation, and the page stays") ||
    (what === "mailto:" && "MiniBrowser does not stay at the page") ||
    (what.startsWith("a navigation that") && "it has no Navigation API"));

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
 * A visitor whose sign-out URL is this path of the app.
 * @param {any} t
 * @param {string} path
 * @param {import("../e2e/lib/world.mjs").VisitorOptions} [options]
 */
function visitorWith(t, path, options) {
  const back = world.origin + path;
  return world.visitor(t, {
    client: { logoutUrls: [back] },
    config: {
      hostedUI: { domain: world.cognito.origin, redirectSignOut: back },
    },
    ...options,
  });
}

/**
 * Signs in, in a page whose clock is slow: on a busy machine too, the sign-out has its answers before it leaves.
 * @param {Visitor} visitor
 */
async function signInPatiently(visitor) {
  await visitor.signIn({ origin: "hostedUI" });
  await visitor.page.evaluate(slowClock);
}

let acts = 0;

/**
 * Has a page do something when told to, and waits until it has done it. Playwright can't reach a page that is on its way, so an
 * answer tells it, and it says so by a beacon. WebDriver can, and Firefox and WebKit drop what a page has asked for when it
 * starts to leave.
 * @param {Page} page
 * @param {() => unknown} act it may take its time, in a page that stays
 * @param {() => unknown} [andThen] what it does a moment later
 */
async function armed(page, act, andThen = () => {}) {
  const name = `act-${++acts}`;
  await page.evaluate(
    `globalThis.ready = false;
    globalThis.acted = false;
    globalThis.act = async () => {
      await (${act})();
      globalThis.acted = true;
      navigator.sendBeacon("/acted/${name}");
      setTimeout(${andThen}, 300);
    };
    undefined;`,
  );
  if (!can("devTools"))
    return async () => {
      await page
        .evaluate(() => void setTimeout(() => globalThis.act()))
        .catch(() => {});
      // The page after knows nothing of it.
      await eventually(
        () => page.evaluate(() => globalThis.acted !== false),
        "it has acted",
      );
    };
  const path = `/slow/${name}`;
  await page.evaluate(
    (path) => void fetch(path).then(() => globalThis.act()),
    path,
  );
  await until(() => waiting.has(path), "it is armed");
  return async () => {
    slow(path).letGo();
    await until(() => acted.has(`/acted/${name}`), "it has acted");
  };
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

/**
 * The hosted UI sends the browser on to another provider, which sends it back.
 * @param {Visitor} visitor
 * @param {"302" | "script"} how
 * @param {string} back
 */
const goesOnUpstream = (visitor, how, back) =>
  visitor.fault({
    operation: "/logout",
    answer: {
      status: 302,
      headers: { location: `${upstream.origin}/${how}?to=${back}` },
      body: "",
    },
  });

describe("a true return", sideBySide(3), () => {
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
        const out = `${folder}${moved ? "moved" : "out"}`;
        const back = world.origin + out;
        const jane = await visitorWith(t, out, {
          path: `${folder}page`,
          ...(way.startsWith("replaceState") && {
            init: () => {
              if (location.pathname.endsWith("/out"))
                history.replaceState(null, "", "signed-out?by=router");
            },
          }),
        });
        await signInPatiently(jane);
        if (way.startsWith("upstream")) goesOnUpstream(jane, "302", back);
        await jane.leaves({ appState: { n: 1 } });
        const last = way.startsWith("replaceState")
          ? "signed-out?by=router"
          : moved
            ? "landing"
            : "out";
        await jane.isAt(`${world.origin}${folder}${last}`);
        const result = await jane.take();
        assert.deepEqual(result.appState, { n: 1 });
        // Neither the address nor the referrer shows it, and WebKit has nothing else.
        const hidden = ["no-referrer", "same-origin"].includes(policy);
        if (!tellsWhereFrom && hidden && moved) {
          isNotDone(result, "unconfirmed");
          return;
        }
        leftWell(result);
        assert.equal(result.hidden.retry, "undefined");
      });
  }

  test("an upstream page that goes on by script and sends no referrer: unconfirmed", async (t) => {
    const back = `${world.origin}/out`;
    const jane = await visitorWith(t, "/out", { path: "/page" });
    await signInPatiently(jane);
    goesOnUpstream(jane, "script", back);
    await jane.leaves();
    await jane.isAt(back);
    const result = await jane.take();
    if (tellsWhereFrom) isNotDone(result, "unconfirmed");
    // To WebKit it looks as a true return.
    else leftWell(result);
  });

  for (const [what, act] of /** @type {[string, () => unknown][]} */ ([
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
      async () => {
        const frame = document.createElement("iframe");
        const loads = () =>
          new Promise((resolve) => {
            frame.onload = resolve;
          });
        frame.src = "/blank?1";
        document.body.append(frame);
        await loads();
        frame.contentWindow?.location.assign("/blank?2");
        await loads();
      },
    ],
    [
      "javascript:",
      () =>
        new Promise((resolve) => {
          globalThis.kept = resolve;
          location.assign("javascript:void kept()");
        }),
    ],
  ]))
    test(
      `${what} while leaving: complete`,
      { skip: isLeftOut(what) },
      async (t) => {
        const jane = await world.visitor(t, { path: "/page" });
        await signInPatiently(jane);
        const letGo = jane.hold("/logout");
        const go = await armed(jane.page, act);
        await jane.leaves({ appState: 1 });
        await isAsked(jane);
        await go();
        letGo();
        await jane.isAt(`${jane.origin}/`);
        const result = await jane.take();
        // Firefox tells of a download twice, and the second time as of a navigation of the page.
        if (engine === "firefox" && what === "a download")
          isNotDone(result, "unconfirmed");
        else leftWell(result);
        assert.equal(result.appState, 1);
      },
    );

  test("pushState in the page after, and a reload before the result is asked for", async (t) => {
    const jane = await world.visitor(t, { path: "/page" });
    await signInPatiently(jane);
    await jane.leaves();
    await jane.isAt(`${jane.origin}/`);
    // The first page judges how it was reached, once its engine is there: the next one can't.
    await jane.page.evaluate(() => cs.loadTokens());
    await jane.page.evaluate(() => history.pushState(null, "", "/router"));
    await jane.page.reload();
    await jane.isAt(`${jane.origin}/router`);
    leftWell(await jane.take());
  });

  for (const way of /** @type {const} */ (["assign", "replace"]))
    test(`navigate: the app's own way to our address by ${way}, however slow /logout is`, async (t) => {
      const jane = await world.visitor(t, { path: "/page" });
      await jane.signIn({ origin: "hostedUI" });
      const letGo = jane.hold("/logout");
      await jane.page.evaluate((way) => {
        const leave = async () => {
          const { status } = await cs.signOut({
            navigate: async (url) => {
              await Promise.resolve();
              location[way](url);
            },
          });
          sessionStorage.setItem("told", status);
        };
        setTimeout(() => void leave());
      }, way);
      await isAsked(jane);
      // Longer than the package looks after the storage.
      await sleep(2500);
      letGo();
      await jane.isAt(`${jane.origin}/`);
      const result = await jane.take();
      // The entry before it would show it: Firefox names no other one after a redirect through another origin.
      if (engine === "firefox" && way === "replace")
        isNotDone(result, "unconfirmed");
      else leftWell(result);
      const told = await jane.page.evaluate(() =>
        sessionStorage.getItem("told"),
      );
      assert.ok(told);
    });
});

describe("a navigation that replaces ours", sideBySide(3), () => {
  /** What it is, where it leads to, and what the page does, or the browser itself. @type {[string, string, (() => void) | "types" | "reloads"][]} */
  const ways = [
    ["a guard that assigns", "/elsewhere", () => location.assign("/elsewhere")],
    [
      "a guard that assigns the redirect URL",
      "/out",
      () => location.assign("/out"),
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
    ["the browser's reload", "/page", "reloads"],
    ["a typed address", "/elsewhere", "types"],
    ["a typed address, the redirect URL", "/out", "types"],
  ];

  for (const [what, path, act] of ways)
    for (const leg of ["the first", "the second"])
      test(`${what}, ${leg} leg slow: unconfirmed, with retry`, async (t) => {
        const second = leg === "the second";
        const slowPath = `/slow/${what}`.replaceAll(/[ ,.']/g, "-");
        const jane = await visitorWith(t, second ? slowPath : "/out", {
          path: "/before",
        });
        const { origin } = jane;
        await jane.go("/page");
        await jane.signIn({ origin: "hostedUI" });
        const letGo = second ? () => {} : jane.hold("/logout");
        const byPage = typeof act === "function" ? act : () => {};
        const go = await armed(jane.page, byPage);
        await jane.leaves();
        await (second
          ? until(() => waiting.has(slowPath), "the app is asked")
          : isAsked(jane));
        if (typeof act === "function") await go();
        else if (act === "types") await jane.types(origin + path);
        else await jane.reloads();
        await jane.isAt(origin + path);
        letGo();
        waiting.get(slowPath)?.letGo();
        const result = await jane.take();
        isNotDone(result, "unconfirmed");
        assert.equal(result.hidden.retry, "function");
        assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
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
    await jane.leaves();
    await isAsked(jane);
    await go();
    await jane.page.waitForURL(/[?&]code=/);
    await jane.page.waitForFunction(() => globalThis.ready);
    letGo();
    isNotDone(await jane.take(), "unconfirmed");
  });

  test("an assign in the very task of ours: unconfirmed", async (t) => {
    const jane = await world.visitor(t, { path: "/page" });
    await jane.returned("/elsewhere", () => {
      setTimeout(() => {
        // Nobody is signed in, so it leaves before it returns.
        void cs.signOut({ hostedUI: "redirect" });
        location.assign("/elsewhere");
      });
    });
    isNotDone(await jane.take(), "unconfirmed");
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
    await go();
    await jane.isAt(`${jane.origin}/elsewhere`);
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
    test(
      `${what} keeps the page, and a link leaves it later: unconfirmed`,
      { skip: isLeftOut(what) },
      async (t) => {
        const jane = await visitorWith(t, "/out");
        await jane.signIn({ origin: "hostedUI" });
        const letGo = jane.hold("/logout");
        const go = await armed(jane.page, act, () =>
          location.assign("/elsewhere"),
        );
        await jane.leaves();
        await isAsked(jane);
        await go();
        await jane.isAt(`${jane.origin}/elsewhere`);
        letGo();
        isNotDone(await jane.take(), "unconfirmed");
      },
    );

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
        await go();
      }
      await jane.isAt(`${jane.origin}/elsewhere`);
      letGo();
      const result = await jane.take();
      // To WebKit it looks as a true return: the referrer, the page at "/", is the origin alone.
      if (!tellsWhereFrom && way === "another page") leftWell(result);
      else isNotDone(result, "unconfirmed");
    }
  });
});

describe("astray", sideBySide(3), () => {
  for (const path of ["/typed", "/"])
    test(`after the error page, ${path} is typed: unconfirmed`, async (t) => {
      const jane = await world.visitor(t, {
        client: { logoutUrls: ["https://elsewhere.example/"] },
        path: "/page",
      });
      await jane.signIn({ origin: "hostedUI" });
      await jane.leaves();
      await jane.page.waitForURL(/logout/);
      await jane.go(path);
      const result = await jane.take();
      if (!tellsWhereFrom && path === "/") {
        // To WebKit it looks as a true return.
        leftWell(result);
        return;
      }
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
    await jane.page.goto(`${jane.origin}/blank`);
    await jane.page.evaluate((record) => {
      Object.assign(sessionStorage, record);
    }, record);
    await jane.go("/later");
    isNotDone(await jane.take(), "unconfirmed");
  });
});

describe("with the back-forward cache", sideBySide(3), () => {
  /** Of a page that was left. @param {Page} page @param {string} mark */
  const isTheVeryDocument = async (page, mark) => {
    // Where its cache is the browser's choice, it may have started again.
    if (can("browserArgs"))
      assert.equal(await page.evaluate(() => globalThis.kept), mark);
  };
  /** @param {any} t @param {import("../e2e/lib/world.mjs").VisitorOptions} [options] */
  const visitor = (t, options) =>
    world.visitor(t, { path: "/page", ...options });

  test(
    "a true return: complete; back in the page that left: nothing more to say",
    needs("back"),
    async (t) => {
      const jane = await visitor(t);
      await signInPatiently(jane);
      await jane.page.evaluate(() => {
        globalThis.kept = "left";
      });
      await jane.leaves();
      await jane.isAt(`${jane.origin}/`);
      leftWell(await jane.take());
      await jane.page.goBack({ waitUntil: "commit" });
      await jane.isAt(`${jane.origin}/page`);
      await isTheVeryDocument(jane.page, "left");
      const kept = await jane.page.evaluate(() => globalThis.kept);
      const result = await jane.take();
      // What it has of sessionStorage in Firefox is as it was: there the result is not taken yet.
      if (engine === "firefox" && kept)
        isNotDone(result, "redirectNotCompleted");
      else assert.equal(result, null);
    },
  );

  test(
    "an error page, and back: redirectNotCompleted",
    needs("back"),
    async (t) => {
      const jane = await visitor(t, {
        client: { logoutUrls: ["https://elsewhere.example/"] },
      });
      await signInPatiently(jane);
      await jane.page.evaluate(() => {
        globalThis.kept = "left";
      });
      await jane.leaves();
      await jane.page.waitForURL(/logout/);
      await jane.page.goBack({ waitUntil: "commit" });
      await jane.isAt(`${jane.origin}/page`);
      await isTheVeryDocument(jane.page, "left");
      isNotDone(await jane.take(), "redirectNotCompleted");
    },
  );

  test(
    "replaced, and back in the page that left: unconfirmed",
    needs("back"),
    async (t) => {
      const jane = await visitor(t);
      await signInPatiently(jane);
      const letGo = jane.hold("/logout");
      const go = await armed(jane.page, () => location.assign("/blank"));
      await jane.leaves();
      await isAsked(jane);
      await go();
      await jane.page.waitForURL(`${jane.origin}/blank`);
      letGo();
      await jane.page.goBack({ waitUntil: "commit" });
      // Its `ready` is still as `armed` left it.
      await eventually(
        () => jane.page.evaluate(() => location.pathname === "/page"),
        "it is there",
      );
      isNotDone(await jane.take(), "unconfirmed");
    },
  );

  test(
    "an error page, and back to the page before the one that left: redirectNotCompleted",
    engine === "firefox"
      ? {
          skip: "there a kept page does not see in its sessionStorage what another wrote",
        }
      : needs("back"),
    async (t) => {
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
      await signInPatiently(jane);
      await jane.leaves();
      await jane.page.waitForURL(/logout/);
      await jane.page.evaluate(() => {
        setTimeout(() => history.go(-2));
      });
      await jane.isAt(`${jane.origin}/`);
      await jane.page.waitForFunction(() => globalThis.ready);
      await isTheVeryDocument(jane.page, "before");
      isNotDone(await jane.take(), "redirectNotCompleted");
    },
  );

  test("an error page, and a typed address: unconfirmed", async (t) => {
    const jane = await visitor(t, {
      client: { logoutUrls: ["https://elsewhere.example/"] },
    });
    await signInPatiently(jane);
    await jane.leaves();
    await jane.page.waitForURL(/logout/);
    await jane.go(unknown);
    isNotDone(await jane.take(), "unconfirmed");
  });
});

describe("a retry can't loop", sideBySide(3), () => {
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

  test(
    "await result.retry?.() on load: one retry, and then none",
    {
      skip:
        !tellsWhereFrom &&
        "it takes every return to the redirect URL for a true one",
    },
    async (t) => {
      const back = `${world.origin}/out`;
      const jane = await visitorWith(t, "/out", { start: retryOnLoad });
      await jane.signIn({ origin: "hostedUI" });
      // Nobody can ever confirm this one.
      goesOnUpstream(jane, "script", back);
      await jane.leaves();
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
    },
  );

  test("a sign-out that could not leave, its retry that left, and the page after: no retry", async (t) => {
    const jane = await world.visitor(t, {
      client: { logoutUrls: ["https://elsewhere.example/"] },
    });
    await jane.signIn({ origin: "hostedUI" });
    await jane.page.evaluate(() => {
      let times = 0;
      const leave = async () => {
        const result = /** @type {any} */ (
          await cs.signOut({
            navigate: (url) => {
              if (!times++) throw new Error("no");
              location.assign(url);
            },
          })
        );
        await result.retry();
      };
      setTimeout(() => void leave());
    });
    await jane.page.waitForURL(/logout/);
    await jane.go(unknown);
    const result = await jane.take();
    isNotDone(result, "unconfirmed");
    assert.equal(result.hidden.retry, "undefined");
  });

  test("after a retry that left there is none for ten minutes, or until a session is stored", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const seen = await jane.page.evaluate(async (config) => {
      const seen = [];
      for (const ago of [1, 599_000, 601_000]) {
        const id = `${config.userPoolClientId}${ago}`;
        const url = `${config.hostedUI.domain}/logout`;
        const result = { status: "complete", signedOutLocally: true };
        const steps = [
          {
            step: "navigate",
            outcome: "ok",
            attempts: 0,
            startedAtMs: 1,
            durationMs: 2,
          },
        ];
        sessionStorage.setItem(
          `cognito-signout.${id}.result`,
          JSON.stringify({
            ...{ at: Date.now(), url, back: url, came: "unconfirmed", ids: [] },
            result: { ...result, wasSignedIn: true, logoutUrl: url, steps },
          }),
        );
        const retried = `cognito-signout.${id}.retried`;
        sessionStorage.setItem(retried, String(Date.now() - ago));
        const client = cs.createClient({ ...config, userPoolClientId: id });
        /** @type {any} */
        const taken = await client.takeSignOutResult();
        seen.push(taken?.status, typeof taken?.retry);
      }
      return seen;
    }, jane.config);
    assert.deepEqual(seen, [
      ...["partial", "undefined"],
      ...["partial", "undefined"],
      ...["partial", "function"],
    ]);
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
      await jane.go(unknown);
      return (await jane.take()).hidden.retry;
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
});
