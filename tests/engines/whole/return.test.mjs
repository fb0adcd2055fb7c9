// What each engine shows of a return from the hosted UI, and what is said of it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { leftWell, until } from "../../e2e/lib/world.mjs";
import { listen } from "../../../scripts/lib/listen.mjs";
import { ONE_BY_ONE, engine, eventually, useEngine } from "../lib/world.mjs";

const world = useEngine();

/** WebKitGTK 2.50 has no Navigation API. */
const tellsWhereFrom = engine !== "webkit";

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
after(() => upstream.close());

/** @param {any} result @param {"unconfirmed" | "redirectNotCompleted"} code */
function isNotDone(result, code) {
  assert.equal(result?.status, "partial", JSON.stringify(result));
  assert.equal(result.hostedUIError.error.code, code);
}

/**
 * A visitor whose sign-out URL is one of theirs, and who may be sent there by an upstream provider.
 * @param {any} t
 * @param {string} path the sign-out URL's
 * @param {string} by the upstream provider's way
 * @param {import("../../e2e/lib/world.mjs").VisitorOptions} [options]
 */
async function visitorWith(t, path, by, options) {
  const jane = await world.visitor(t, {
    ...options,
    config: /** @type {any} */ (
      (/** @type {any} */ { origin, clientId }) => ({
        userPoolId: world.cognito.userPoolId,
        userPoolClientId: clientId,
        userPoolEndpoint: world.cognito.origin,
        hostedUI: {
          domain: world.cognito.origin,
          redirectSignOut: origin + path,
        },
      })
    ),
  });
  const back = jane.origin + path;
  world.control.addClient({ id: jane.clientId, logoutUrls: [back] });
  if (by)
    jane.fault({
      operation: "/logout",
      answer: {
        status: 302,
        headers: { location: `${upstream.origin}/${by}?to=${back}` },
        body: "",
      },
    });
  return jane;
}

describe(`a true return: ${engine}`, ONE_BY_ONE, () => {
  for (const policy of ["no-referrer", "same-origin", "origin", "default"]) {
    const folder = policy === "default" ? "/" : `/${policy}/`;
    for (const [way, out, last, by] of [
      ["straight back", "out", "out", ""],
      ["302 to another page", "moved", "landing", ""],
      [
        "replaceState before the result is asked for",
        "out",
        "signed-out?by=router",
        "",
      ],
      ["upstream by 302", "out", "out", "302"],
    ])
      test(`${policy}, ${way}: complete, with appState`, async (t) => {
        const jane = await visitorWith(t, folder + out, by ?? "", {
          path: `${folder}page`,
          ...(way?.startsWith("replaceState") && {
            init: () => {
              if (location.pathname.endsWith("/out"))
                history.replaceState(null, "", "signed-out?by=router");
            },
          }),
        });
        await jane.signIn({ origin: "hostedUI" });
        await jane.leaveAndReturn(folder + last, { appState: { n: 1 } });
        const result = await jane.take();
        assert.deepEqual(result.appState, { n: 1 });
        // Neither the address nor the referrer shows it, and WebKit has nothing else.
        const hidden = ["no-referrer", "same-origin"].includes(policy);
        if (!tellsWhereFrom && hidden && out === "moved")
          isNotDone(result, "unconfirmed");
        else leftWell(result);
      });
  }

  test("an upstream page that goes on by script and sends no referrer", async (t) => {
    const jane = await visitorWith(t, "/out", "script", { path: "/page" });
    await jane.signIn({ origin: "hostedUI" });
    await jane.leaveAndReturn("/out");
    const result = await jane.take();
    if (tellsWhereFrom) isNotDone(result, "unconfirmed");
    else leftWell(result);
  });

  for (const [what, act] of /** @type {[string, () => void][]} */ ([
    ["pushState", () => history.pushState(null, "", "/pushed")],
    ["a hash", () => void (location.hash = "here")],
  ]))
    test(`${what} while leaving: complete`, async (t) => {
      if (engine === "webkit" && what === "a hash")
        return t.skip("it cancels our navigation there, and the page stays");
      const jane = await world.visitor(t, { path: "/page" });
      await jane.signIn({ origin: "hostedUI" });
      jane.fault({ operation: "/logout", latencyMs: 1000 });
      await whenItLeaves(jane, act);
      await jane.leaveAndReturn("/");
      leftWell(await jane.take());
      return undefined;
    });
});

/** Has the page do something a moment after it began to leave. @param {any} visitor @param {() => void} act */
const whenItLeaves = (visitor, act) =>
  visitor.page.evaluate((/** @type {string} */ source) => {
    addEventListener(
      "beforeunload",
      () => {
        const script = document.createElement("script");
        script.textContent = `setTimeout(${source}, 300)`;
        document.body.append(script);
      },
      { once: true },
    );
  }, act.toString());

describe(`a navigation that replaces ours: ${engine}`, ONE_BY_ONE, () => {
  for (const [
    what,
    path,
    act,
  ] of /** @type {[string, string, () => void][]} */ ([
    ["assign", "/elsewhere", () => location.assign("/elsewhere")],
    ["assign to the redirect URL", "/", () => location.assign("/")],
    ["replace", "/elsewhere", () => location.replace("/elsewhere")],
    ["reload", "/page", () => location.reload()],
    ["history.back", "/before", () => history.back()],
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
  ]))
    test(`${what}: unconfirmed, with retry`, async (t) => {
      const jane = await world.visitor(t, { path: "/before" });
      await jane.go("/page");
      await jane.signIn({ origin: "hostedUI" });
      const letGo = jane.hold("/logout");
      await whenItLeaves(jane, act);
      if (path === "/page") await jane.leaveAndReturn(path);
      else {
        await jane.page.evaluate(() => {
          setTimeout(() => void cs.signOut());
        });
        // By back it is the old document, from the back-forward cache.
        await eventually(
          () =>
            jane.page.evaluate(
              (url) => location.href === url && globalThis.ready,
              jane.origin + path,
            ),
          `it is at ${path}`,
        );
      }
      letGo();
      const result = await jane.take();
      isNotDone(result, "unconfirmed");
      assert.equal(result.hidden.retry, "function");
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

  test("a typed address: unconfirmed", async (t) => {
    const jane = await world.visitor(t, { path: "/page" });
    await jane.signIn({ origin: "hostedUI" });
    const letGo = jane.hold("/logout");
    await jane.page.evaluate(() => {
      Object.assign(globalThis, { isOld: true });
      setTimeout(() => void cs.signOut());
    });
    await until(
      () =>
        world.control
          .faults()
          .some(({ clientId, seen }) => clientId === jane.clientId && seen > 0),
      "the hosted UI is asked",
    );
    await jane.page.goto(`${jane.origin}/elsewhere`);
    await eventually(
      () =>
        jane.page.evaluate(
          () => location.pathname === "/elsewhere" && globalThis.ready,
        ),
      "it is elsewhere",
    );
    letGo();
    isNotDone(await jane.take(), "unconfirmed");
  });
});

describe(`a retry can't loop: ${engine}`, ONE_BY_ONE, () => {
  test("await result.retry?.() on load: one retry, and then none", async (t) => {
    const jane = await world.visitor(t, {
      path: "/page",
      start: () => {
        void (async () => {
          const result = /** @type {any} */ (
            await globalThis.cs.takeSignOutResult()
          );
          if (!result) return;
          const seen = JSON.parse(sessionStorage.getItem("seen") ?? "[]");
          seen.push([result.status, typeof result.retry]);
          sessionStorage.setItem("seen", JSON.stringify(seen));
          await result.retry?.();
        })();
      },
    });
    await jane.signIn({ origin: "hostedUI" });
    // Another navigation replaces ours; the retry of that page leaves for good.
    jane.fault({ operation: "/logout", latencyMs: 1500 });
    await whenItLeaves(jane, () => location.assign("/elsewhere"));
    await jane.page.evaluate(() => {
      setTimeout(() => void cs.signOut());
    });
    await eventually(
      () => jane.page.evaluate(() => location.pathname === "/"),
      "the retry comes back",
    );
    const seen = await eventually(
      () =>
        jane.page.evaluate(() => {
          const seen = JSON.parse(sessionStorage.getItem("seen") ?? "[]");
          return seen.length > 1 && seen;
        }),
      "both results were taken",
    );
    assert.deepEqual(seen, [
      ["partial", "function"],
      ["complete", "undefined"],
    ]);
  });
});
