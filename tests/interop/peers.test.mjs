// The README's table of libraries: each cell says what is measured here, with the real library, ours in the same place.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as esbuild from "esbuild";
import { TARGET } from "../../scripts/lib/bundle.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { sizeOf } from "../../scripts/lib/sizes.mjs";
import { read } from "../docs/markdown.mjs";
import { put } from "../e2e/lib/stored.mjs";
import {
  eventually,
  HANGS_MS,
  PASSWORD,
  ready,
  until,
} from "../e2e/lib/world.mjs";
import * as amplifyV6 from "./lib/amplify.mjs";
import {
  enterPassword,
  namesLeft,
  oidcSettings,
  useInterop,
} from "./lib/interop.mjs";

/**
 * @import { Page } from "playwright-core"
 * @import { Visitor, VisitorOptions } from "../e2e/lib/visitor.mjs"
 */

/** Twice what ours may take. */
const BOUND_MS = 10_000;

/** A failure that is none of the network's. */
const REFUSED = { type: "InternalErrorException", message: "no", status: 500 };

/**
 * @typedef {object} Library
 * @property {string} page of tests/interop/pages
 * @property {VisitorOptions} options
 * @property {(visitor: Visitor) => Promise<unknown>} signIn
 * @property {() => void} signOut its own, whose promise is kept as `leaving`
 * @property {() => void} [signOutHere] the same in a page that stays, where its own leaves it
 * @property {() => void} refresh its own, whose promise is kept as `refreshing`
 * @property {(page: Page) => Promise<string | null>} whoIsIn
 * @property {() => boolean} wasTold of a sign-out in another tab, by the library itself
 * @property {string} code its sign-out, as an app imports it
 */

/** @type {Pick<Library, "page" | "refresh" | "whoIsIn"> & { signIn: (visitor: Visitor) => Promise<unknown> }} */
const AMPLIFY = {
  page: "amplify",
  signIn: (visitor) => amplifyV6.signIn(visitor),
  refresh: () => {
    globalThis.refreshing = amplify.fetchAuthSession({ forceRefresh: true });
  },
  whoIsIn: amplifyV6.whoIsIn,
};

/** @type {Record<string, Library>} */
const LIBRARIES = {
  "cognito-signout": {
    ...AMPLIFY,
    options: { config: amplifyV6.resources },
    signOut: () => {
      globalThis.leaving = cs.signOut().then(({ status }) => status);
    },
    wasTold: () => heard.some(({ reason }) => reason === "otherTab"),
    code: 'export { configure, signOut } from "./dist/index.js";',
  },
  "aws-amplify": {
    ...AMPLIFY,
    options: { config: amplifyV6.resources, given: { alone: true } },
    signOut: () => {
      globalThis.leaving = amplify.signOut().then(
        () => "resolves",
        () => "rejects",
      );
    },
    wasTold: () => hub.includes("other:signedOut"),
    code: `export { Amplify } from "aws-amplify";
      export { signOut } from "aws-amplify/auth";`,
  },
  "amazon-cognito-identity-js": {
    page: "older",
    options: { given: { alone: true } },
    signIn: async ({ page, username }) => {
      await page.evaluate(
        ([name, word]) => identity.signIn(name, word),
        /** @type {const} */ ([username, PASSWORD]),
      );
    },
    signOut: () => {
      globalThis.leaving = identity.current().then(
        (user) =>
          new Promise((resolve) => {
            // Without a callback it revokes nothing. Its types don't know of the error.
            const done = (/** @type {unknown} */ error) =>
              resolve(error ? "rejects" : "resolves");
            user.signOut(/** @type {() => void} */ (done));
          }),
      );
    },
    refresh: () => {
      globalThis.refreshing = identity.current().then(
        (user) =>
          new Promise((resolve) => {
            const session = user.getSignInUserSession();
            if (session)
              user.refreshSession(session.getRefreshToken(), resolve);
          }),
      );
    },
    whoIsIn: (page) => page.evaluate(() => identity.whoIsIn()),
    // It has no event.
    wasTold: () => false,
    code: 'export { CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";',
  },
  "oidc-client-ts": {
    page: "oidc",
    options: {
      config: (/** @type {Visitor} */ visitor) => ({
        ...oidcSettings(visitor),
        revokeTokensOnSignout: true,
        // Cognito refuses to revoke an access token.
        revokeTokenTypes: ["refresh_token"],
      }),
      given: { alone: true, store: "local" },
    },
    signIn: async (visitor) => {
      await visitor.page.evaluate(() => void oidc.manager.signinRedirect());
      await enterPassword(visitor);
      await until(
        () => visitor.page.evaluate(() => oidc.whoIsIn()),
        "the library takes the code",
      );
    },
    signOut: () => {
      globalThis.leaving = oidc.manager.signoutRedirect().then(
        () => "resolves",
        () => "rejects",
      );
    },
    signOutHere: () => {
      globalThis.leaving = oidc.manager
        .revokeTokens()
        .then(() => oidc.manager.removeUser())
        .then(() => "resolves");
    },
    refresh: () => {
      globalThis.refreshing = oidc.manager.signinSilent();
    },
    whoIsIn: (page) => page.evaluate(() => oidc.whoIsIn()),
    wasTold: () => oidc.said.includes("unloaded"),
    code: 'export { UserManager } from "oidc-client-ts";',
  },
};

/** The cells of the README's table, by row and library. @type {Map<string, Record<string, string>>} */
const cells = new Map();
{
  const text = await read("README.md");
  const table =
    /^\| case +\| cognito-signout .*\n(?:\|.*\n)+/m.exec(text)?.[0] ?? "";
  const [head = [], , ...rows] = table
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  for (const [, name = "", ...row] of rows)
    cells.set(
      name,
      Object.fromEntries(row.map((cell, i) => [head[i + 2] ?? "", cell])),
    );
}

/**
 * The README says of a library what it has shown.
 * @param {string} row
 * @param {string} library
 * @param {string} shown
 */
const says = (row, library, shown) =>
  assert.equal(cells.get(row)?.[library], shown);

/** Whether a token is still in the storage. @param {Page} page */
const hasTokens = async (page) =>
  (await namesLeft(page)).some((name) => /Token$|:oidc\.user:/.test(name));

/** What the library's sign-out says within the bound. @param {Page} page */
const ofLeaving = (page) =>
  page.evaluate((ms) => settled(globalThis.leaving, ms), BOUND_MS);

/**
 * Holds back the answer to a refresh, which the server has given.
 * @param {Visitor} visitor
 * @returns {{ held: Promise<void>, release: () => void }}
 */
function holdRefresh({ page, world }) {
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(null)));
  let isHeld = () => {};
  /** @type {Promise<void>} */
  const held = new Promise((resolve) => (isHeld = resolve));
  void page.route(`${world.cognito.origin}/**`, async (route) => {
    const request = route.request();
    const target = (await request.headerValue("x-amz-target")) ?? "";
    if (
      request.method() !== "POST" ||
      (!/GetTokensFromRefreshToken|InitiateAuth/.test(target) &&
        !request.url().endsWith("/oauth2/token"))
    )
      return route.continue();
    const response = await route.fetch();
    isHeld();
    await released;
    return route.fulfill({ response });
  });
  return { held, release };
}

for (const [name, library] of Object.entries(LIBRARIES))
  describe(name, { concurrency: 3, timeout: HANGS_MS * 4 }, () => {
    const world = useInterop(library.page);
    const { options, signOut, signOutHere = signOut, refresh } = library;

    test("the server never answers", async (t) => {
      const jane = await world.visitor(t, options);
      await library.signIn(jane);
      jane.fault({ operation: "*", silence: true });
      await jane.page.evaluate(signOut);
      const atOnce = !(await hasTokens(jane.page));
      const said = await ofLeaving(jane.page);
      const signedOut = !(await hasTokens(jane.page));
      says(
        "The server never answers",
        name,
        {
          "partial,true,true": "signed out at once, result after 5 s",
          "pending,false,false": "hangs, still signed in",
        }[[said, atOnce, signedOut].join()] ?? "",
      );
    });

    test("a refresh is in flight", async (t) => {
      const jane = await world.visitor(t, options);
      await library.signIn(jane);
      const { held, release } = holdRefresh(jane);
      await jane.page.evaluate(refresh);
      await held;
      await jane.page.evaluate(signOutHere);
      await ofLeaving(jane.page);
      assert.equal(await hasTokens(jane.page), false);
      release();
      await jane.page.evaluate(() =>
        globalThis.refreshing.catch(() => undefined),
      );
      const cameBack = await hasTokens(jane.page);
      if (name === "cognito-signout")
        await until(
          async () => !(await hasTokens(jane.page)),
          "what came back is gone",
        );
      else await new Promise((resolve) => setTimeout(resolve, 3000));
      const isIn = (await library.whoIsIn(jane.page)) !== null;
      says(
        "A refresh is in flight",
        name,
        {
          "true,true": "signed in again",
          "true,false": "stays signed out",
          "false,false": "stays signed out",
        }[[cameBack, isIn].join()] ?? "",
      );
    });

    test("other tabs", async (t) => {
      const jane = await world.visitor(t, options);
      await library.signIn(jane);
      const other = await jane.tab();
      await until(
        async () => (await library.whoIsIn(other)) === jane.username,
        "the other tab sees the user",
      );
      if (name === "cognito-signout")
        await other.evaluate(() => cs.loadTokens());
      await jane.page.evaluate(signOutHere);
      await ofLeaving(jane.page);
      const told =
        name === "cognito-signout" || name === "aws-amplify"
          ? await other.waitForFunction(library.wasTold).then(() => true)
          : await new Promise((resolve) => setTimeout(resolve, 1000)).then(() =>
              other.evaluate(library.wasTold),
            );
      // The page of these tests asks Amplify's Hub for the events of other tabs, which it does not give by itself.
      const asks = name === "aws-amplify";
      says(
        "Other tabs",
        name,
        !told
          ? "not notified"
          : asks
            ? "notified, if the app asks the Hub"
            : "notified",
      );
    });

    test("a step fails", async (t) => {
      const jane = await world.visitor(t, options);
      await library.signIn(jane);
      jane.fault({ operation: "*", answer: REFUSED });
      await jane.page.evaluate(signOut);
      const said = await ofLeaving(jane.page);
      const isIn = await hasTokens(jane.page);
      says(
        "A step fails",
        name,
        {
          "partial,false": "signed out, step reported, `retry()`",
          "resolves,false": "signed out, not reported",
          "rejects,false": "signed out, an error",
          "rejects,true": "still signed in, an error",
        }[[said, isIn].join()] ?? "",
      );
    });

    test("the hosted UI's session", async (t) => {
      const jane = await world.visitor(t, options);
      if (library.page === "amplify") await amplifyV6.signInWithRedirect(jane);
      else if (library.page === "oidc") await library.signIn(jane);
      else {
        // It has no way to the hosted UI: an app takes the code itself, and stores the tokens for it.
        await jane.page.goto(jane.authorizeUrl("v".repeat(43)));
        await enterPassword(jane);
        await put(jane, jane.session({ origin: "hostedUI" }));
        await jane.go("/");
      }
      assert.equal(await jane.isAskedForPassword(), false);
      await jane.page.evaluate(() => {
        globalThis.kept = "the page before";
      });
      await jane.page.evaluate(signOut);
      if (library.page === "older") await ofLeaving(jane.page);
      else
        await eventually(
          () => jane.page.evaluate(() => !globalThis.kept),
          "the page is left",
        );
      const isBack = new URL(jane.page.url()).origin === jane.origin;
      if (isBack) await ready(jane.page);
      const knows =
        name === "cognito-signout" &&
        (await jane.page.evaluate(
          async () => (await cs.takeSignOutResult())?.status === "complete",
        ));
      const hasEnded = await jane.isAskedForPassword();
      says(
        "The hosted UI's session",
        name,
        {
          "true,true,true": "ended, and the next page knows",
          "true,true,false": "ended",
          "false,true,false": "lives on",
          "false,false,false": "lives on: Cognito refuses the request",
        }[[hasEnded, isBack, knows].join()] ?? "",
      );
    });

    test("its size at import", async () => {
      const { outputFiles, metafile } = await esbuild.build({
        stdin: { contents: library.code, resolveDir: root },
        bundle: true,
        minify: true,
        format: "esm",
        target: TARGET,
        splitting: true,
        define: { global: "globalThis" },
        outdir: root,
        write: false,
        metafile: true,
        logLevel: "error",
      });
      const entry = outputFiles.find(({ path }) => path.endsWith("stdin.js"));
      const kinds = Object.values(metafile.outputs)
        .find(({ entryPoint }) => entryPoint === "<stdin>")
        ?.imports.map(({ kind }) => kind);
      assert.ok(!kinds?.includes("import-statement"), "all is in one file");
      const kb = ((entry ? sizeOf(entry.contents).gzip : 0) / 1000).toFixed(1);
      const [chunk] = outputFiles.filter(({ path }) =>
        path.includes("cognito-signout-engine"),
      );
      const later = chunk
        ? `, then ${Math.round(sizeOf(chunk.contents).gzip / 1000)} KB`
        : "";
      says("Size at import, gzip", name, `${kb} KB${later}`);
    });
  });
