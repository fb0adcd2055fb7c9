// What people read of each outcome: every result, with and without a retry, and no word for developers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { builtApp } from "../e2e/lib/app.mjs";

const { installed } = await builtApp();
/** @param {string} name @returns {Promise<any>} */
const entry = (name) =>
  import(pathToFileURL(`${installed}/dist/${name}.js`).href);
const { describe } = await entry("describe");
const { authError, completeResult, failedResult, partialResult } =
  await entry("testing");

/** @param {any} result */
const withoutRetry = (result) => ({ ...result });

/** @type {[name: string, result: any, says: string][]} */
const CASES = [
  ["complete", completeResult(), "You are signed out."],
  [
    "nobody was signed in",
    completeResult({ wasSignedIn: false }),
    "You were not signed in.",
  ],
  [
    "GlobalSignOut and RevokeToken did not get through",
    partialResult({
      globalSignOutError: "service",
      revokeTokenError: "deferred",
    }),
    "You are signed out on this device. Other devices may still be signed in. Try again.",
  ],
  [
    "the same offline",
    partialResult({ globalSignOutError: "network" }),
    "You are signed out on this device. Other devices may still be signed in. Check your connection and try again.",
  ],
  [
    "the same, and nothing to retry",
    withoutRetry(partialResult({ globalSignOutError: "tokenExpired" })),
    "You are signed out on this device. Other devices may still be signed in.",
  ],
  [
    "the hosted UI",
    partialResult({ hostedUIError: "popupBlocked" }),
    "You are signed out here, but the sign-in page may still let you in without a password. Try again.",
  ],
  [
    "the hosted UI, and nothing to retry",
    withoutRetry(partialResult({ hostedUIError: "invalidState" })),
    "You are signed out here, but the sign-in page may still let you in without a password.",
  ],
  [
    "other devices and the hosted UI",
    partialResult({
      globalSignOutError: "throttled",
      hostedUIError: "navigation",
    }),
    "You are signed out here. Other devices may still be signed in, and the sign-in page may still let you in without a password. Wait a moment and try again.",
  ],
  [
    "RevokeToken",
    partialResult({ revokeTokenError: "timeout" }),
    "You are signed out on this device. The server could not confirm it yet. Check your connection and try again.",
  ],
  [
    "RevokeToken, without an engine",
    partialResult({ revokeTokenError: "moduleUnavailable" }),
    "You are signed out on this device. The server could not confirm it yet. Reload the page and try again.",
  ],
  [
    "RevokeToken, and nothing to retry",
    withoutRetry(partialResult({ revokeTokenError: "revocationDisabled" })),
    "You are signed out on this device. The server could not confirm it yet.",
  ],
  [
    "ForgetDevice",
    partialResult({ forgetDeviceError: "service" }),
    "You are signed out, but this device is still remembered. Try again.",
  ],
  [
    "the storage",
    failedResult("storage"),
    "You may still be signed in on this device. Try again.",
  ],
  [
    "no engine, and the storage",
    failedResult("moduleUnavailable"),
    "You may still be signed in on this device. Reload the page and try again.",
  ],
  [
    "an error that no retry helps",
    failedResult(authError("unknown", { retryable: false })),
    "You may still be signed in on this device.",
  ],
  [
    "the user closed the popup",
    failedResult("userCancelled"),
    "Sign-out was cancelled. You may still be signed in.",
  ],
  [
    "the app's signal",
    failedResult("aborted"),
    "Sign-out was stopped. You may still be signed in.",
  ],
  ...["configuration", "notConfigured", "invalidState"].map(
    (code) =>
      /** @type {[string, any, string]} */ ([
        `the app's own fault: ${code}`,
        failedResult(code),
        "This app could not sign you out. You may still be signed in.",
      ]),
  ),
];

for (const [name, result, says] of CASES)
  test(`in words: ${name}`, () => {
    assert.equal(describe(result), says);
  });

test("no text for developers is in it", async () => {
  const page = await readFile(inRoot("docs/errors.md"), "utf8");
  const codes = [...page.matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code);
  assert.ok(codes.length > 20);
  for (const code of codes) {
    const error = authError(code);
    for (const result of [
      failedResult(code),
      partialResult({ revokeTokenError: code }),
      partialResult({ globalSignOutError: code }),
      partialResult({
        hostedUIError: { error: code, url: "https://a.example" },
      }),
      partialResult({ forgetDeviceError: code }),
    ]) {
      const text = describe(result);
      assert.match(text, /^You |^This app |^Sign-out /);
      for (const word of [code, error.message, error.recoverySuggestion])
        assert.ok(!text.includes(word), `${code}: ${text}`);
      assert.doesNotMatch(text, /retry\(|https:|token|[a-z][A-Z]/);
    }
  }
});

test("each sentence may be replaced, and an empty one is left out", () => {
  /** @type {Record<string, string>} */
  const texts = { otherDevices: "Nur hier.", tryAgain: "Noch einmal!" };
  const partial = partialResult({ globalSignOutError: "service" });
  assert.equal(describe(partial, { texts }), "Nur hier. Noch einmal!");
  assert.equal(describe(completeResult(), { texts }), "You are signed out.");
  texts.tryAgain = "";
  assert.equal(describe(partial, { texts }), "Nur hier.");
  const none = { signedOut: undefined };
  assert.equal(
    describe(completeResult(), { texts: none }),
    "You are signed out.",
  );
});
