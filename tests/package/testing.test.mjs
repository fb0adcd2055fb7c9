// cognito-signout/testing: results that an app's tests can't tell from real ones.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { builtApp } from "../e2e/lib/app.mjs";

/** @type {typeof import("cognito-signout/testing")} */
let fixtures;
/** @type {typeof import("cognito-signout")} */
let main;
/** @type {NodeJS.Require} */
let require;
before(async () => {
  const { root } = await builtApp();
  const script = join(root, "test.mjs");
  require = createRequire(script);
  const own = (/** @type {string} */ name) =>
    import(pathToFileURL(require.resolve(name).replace(/\.cjs$/, ".js")).href);
  fixtures = await own("cognito-signout/testing");
  main = await own("cognito-signout");
});

test("a complete result", () => {
  assert.deepEqual(fixtures.completeResult(), {
    status: "complete",
    signedOutLocally: true,
    wasSignedIn: true,
    steps: [],
  });
  assert.equal(
    fixtures.completeResult({ wasSignedIn: false }).wasSignedIn,
    false,
  );
});

test("a partial result hides its tokens and its retry, which runs once", async () => {
  let runs = 0;
  const result = fixtures.partialResult({
    revokeTokenError: "network",
    globalSignOutError: { error: "timeout", accessToken: "mine" },
    hostedUIError: { error: "popupBlocked", url: "https://example.com/" },
    retry: () => (runs++, fixtures.completeResult()),
  });
  assert.equal(result.revokeTokenError?.refreshToken, "test-refreshToken");
  assert.equal(result.globalSignOutError?.accessToken, "mine");
  assert.equal(result.hostedUIError?.url, "https://example.com/");
  assert.equal(result.revokeTokenError?.error.code, "network");
  assert.equal(result.revokeTokenError?.error.retryable, true);
  assert.equal(result.forgetDeviceError, undefined);
  assert.doesNotMatch(JSON.stringify(result), /test-|mine/);
  assert.equal(structuredClone(result).status, "partial");
  const [first, second] = await Promise.all([
    result.retry?.(),
    result.retry?.(),
  ]);
  assert.equal(first, second);
  assert.equal(first?.status, "complete");
  assert.equal(runs, 1);
});

test("a failed result", () => {
  const result = fixtures.failedResult();
  assert.equal(result.error.code, "storage");
  assert.equal(result.signedOutLocally, false);
  assert.equal(fixtures.failedResult("aborted").error.code, "aborted");
});

test("errors are the package's own, with the texts of docs/errors.md", async () => {
  const page = await readFile(inRoot("docs/errors.md"), "utf8");
  const codes = [...page.matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code);
  assert.ok(codes.length > 20);
  const unbroken = page.replaceAll("\n  ", " ");
  for (const code of codes) {
    const error = fixtures.authError(/** @type {any} */ (code));
    assert.ok(main.isAuthError(error) && error instanceof main.AuthError);
    assert.ok(page.includes(`\n${error.message}\n`), error.message);
    assert.ok(unbroken.includes(error.recoverySuggestion));
  }
});

test("what does not exist can't be made", () => {
  assert.throws(() => fixtures.authError(/** @type {any} */ ("nework")), {
    message: 'code: there is no "nework"',
  });
  for (const given of [[], [{}]])
    assert.throws(
      // @ts-expect-error nothing was given
      () => fixtures.partialResult(...given),
      /a partial result has one/,
    );
});

test("as CommonJS too, with the same class of errors", () => {
  const { authError } = require("cognito-signout/testing");
  assert.ok(main.isAuthError(authError("network")));
});
