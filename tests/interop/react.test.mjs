// `cognito-signout/react` with the real React, in its development build: StrictMode runs effects twice there alone.
/// <reference path="./lib/globals.d.ts" />
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { builtApp } from "../e2e/lib/app.mjs";
import { PATIENT_MS, sideBySide } from "../e2e/lib/world.mjs";
import { useInterop } from "./lib/interop.mjs";

/** @import { Page } from "playwright-core" */

const options = { timeoutMs: PATIENT_MS };

describe("the hooks of React", sideBySide(4), () => {
  const world = useInterop("react", "development");

  /**
   * A user who has signed in, in a page with one component, named "a".
   * @param {import("node:test").TestContext} t
   * @param {object} [given]
   */
  async function signedIn(t, given) {
    const jane = await world.visitor(t, { given: { options, ...given } });
    await jane.signIn();
    return { jane, page: jane.page };
  }

  /** @param {Page} page */
  const complaints = (page) => page.evaluate(() => ui.complaints);

  /** @param {Page} page */
  const heard = (page) => page.evaluate(() => ui.heard);

  test("onClick={signOut}: one sign-out, one state, one event under StrictMode, and a function that stays the same", async (t) => {
    const { jane, page } = await signedIn(t);
    const release = jane.hold("RevokeToken");
    await page.click("#a .out");
    await says(page, "a", "busy");
    assert.deepEqual(await jane.keys(page), []);
    release();
    await says(page, "a", "complete");
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(await heard(page), [["a", 0, "signOut"]]);
    assert.equal(await page.evaluate(() => ui.identities.size), 1);
    assert.deepEqual(await complaints(page), []);
  });

  test("the listener is that of the last render, and hears nothing once it is unmounted", async (t) => {
    const { jane, page } = await signedIn(t);
    await page.click("#a .count");
    await page.click("#a .out");
    await says(page, "a", "complete");
    assert.deepEqual(await heard(page), [["a", 1, "signOut"]]);
    await page.evaluate(() => ui.show([]));
    await gone(page, "#a");
    await jane.signIn();
    await jane.signOut();
    assert.equal((await heard(page)).length, 1);
  });

  test("the result outlives the component that began the sign-out: the one that is shown then has it", async (t) => {
    const { jane, page } = await signedIn(t);
    const release = jane.hold("RevokeToken");
    await page.click("#a .out");
    await says(page, "a", "busy");
    await page.evaluate(() => ui.show(["b"]));
    await says(page, "b", "busy");
    release();
    await says(page, "b", "complete");
    assert.deepEqual(await complaints(page), []);
  });

  test("the result waits for a component where none is mounted when it comes", async (t) => {
    const { jane, page } = await signedIn(t);
    const release = jane.hold("RevokeToken");
    await page.evaluate(() => {
      globalThis.kept = ui.parts.a?.signOut();
      ui.show([]);
    });
    await gone(page, "#a");
    release();
    assert.equal(await status(page), "complete");
    await page.evaluate(() => ui.show(["b"]));
    await says(page, "b", "complete");
    assert.deepEqual(await complaints(page), []);
  });

  test("a tree that is suspended when the result comes shows it once it is back", async (t) => {
    const { jane, page } = await signedIn(t);
    const release = jane.hold("RevokeToken");
    await page.evaluate(() => {
      globalThis.kept = ui.parts.a?.signOut();
      ui.suspend();
    });
    await there(page, "#fallback");
    release();
    assert.equal(await status(page), "complete");
    assert.deepEqual(await heard(page), [["a", 0, "signOut"]]);
    await page.evaluate(() => ui.resume());
    await gone(page, "#fallback");
    await says(page, "a", "complete");
    assert.deepEqual(await complaints(page), []);
  });

  test("a component that never came out of its first suspension listens to nothing", async (t) => {
    const { jane, page } = await signedIn(t, { suspended: true });
    await there(page, "#fallback");
    await jane.signOut();
    assert.deepEqual(await heard(page), []);
    await page.evaluate(() => ui.resume());
    await there(page, "#a");
    await jane.signIn();
    await page.click("#a .out");
    await says(page, "a", "complete");
    assert.deepEqual(await heard(page), [["a", 0, "signOut"]]);
    assert.deepEqual(await complaints(page), []);
  });

  test("calls of several components join, and all of them are busy until the last has settled", async (t) => {
    const { jane, page } = await signedIn(t);
    await page.evaluate(() => ui.show(["a", "b"]));
    await there(page, "#b");
    const release = jane.hold("RevokeToken");
    await page.evaluate(() => {
      const { a, b } = ui.parts;
      globalThis.kept = [a?.signOut(), b?.signOut()];
    });
    const refused = await page.evaluate(async () => {
      const signal = AbortSignal.abort();
      return (await ui.parts.b?.signOut({ signal }))?.status;
    });
    assert.equal(refused, "failed");
    for (const name of ["a", "b"]) await says(page, name, "busy");
    release();
    const statuses = await page.evaluate(async () =>
      (await Promise.all(globalThis.kept)).map(({ status }) => status),
    );
    assert.deepEqual(statuses, ["complete", "complete"]);
    // That of the call that was aborted is not shown: the user is signed out.
    for (const name of ["a", "b"]) await says(page, name, "complete");
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });

  test("retry is there while the result has one, and shows what it comes to", async (t) => {
    const { jane, page } = await signedIn(t);
    const { id } = jane.fault({
      operation: "RevokeToken",
      answer: { type: "InvalidParameterException" },
    });
    await page.click("#a .out");
    await says(page, "a", "partial");
    jane.control.removeFault(id);
    const release = jane.hold("RevokeToken");
    await page.click("#a .retry");
    await says(page, "a", "busy");
    await gone(page, "#a .retry");
    release();
    await says(page, "a", "complete");
    await gone(page, "#a .retry");
    assert.deepEqual(await complaints(page), []);
  });

  test("the options of the hook are those of each call, which may have others; what can't be read fails and throws nothing", async (t) => {
    const { jane, page } = await signedIn(t, {
      options: { ...options, global: true },
    });
    await page.click("#a .out");
    await says(page, "a", "complete");
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
    await jane.signIn();
    jane.clearCalls();
    const failed = await page.evaluate(async () => {
      const unreadable = {
        get global() {
          return JSON.parse("unreadable");
        },
      };
      return (await ui.parts.a?.signOut(unreadable))?.status;
    });
    assert.equal(failed, "failed");
    await says(page, "a", "failed");
    await page.evaluate(() => ui.parts.a?.signOut({ global: false }));
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });
});

test("on a server the hooks render, nothing is signing out, and no user sees another one's result", async () => {
  const { root } = await builtApp();
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", ON_SERVER],
    { cwd: root },
  );
  // The failed result, as anywhere.
  assert.match(stderr, /^cognito-signout: This needs a browser; .*\n$/);
  assert.deepEqual(JSON.parse(stdout), [
    "<p>idle, undefined</p>",
    "invalidState",
    "<p>idle, undefined</p>",
  ]);
});

const ON_SERVER = `
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { useSignedOut, useSignOut } from "cognito-signout/react";

let call;
function App() {
  const { signOut, isSigningOut, result } = useSignOut();
  useSignedOut(() => { throw new Error("told on a server"); });
  call = signOut;
  return createElement("p", null, (isSigningOut ? "busy" : "idle") + ", " + result);
}
const render = () => renderToString(createElement(App));
console.log(JSON.stringify([render(), (await call()).error.code, render()]));
`;

/**
 * Waits until a component says how far the sign-out has come.
 * @param {Page} page
 * @param {string} name
 * @param {string} text
 */
const says = (page, name, text) =>
  page.waitForFunction(
    ({ name, text }) =>
      document.querySelector(`#${name} output`)?.textContent === text,
    { name, text },
  );

/**
 * @param {Page} page
 * @param {string} selector
 */
const there = (page, selector) =>
  page.waitForFunction(
    (selector) => document.querySelector(selector),
    selector,
  );

/**
 * @param {Page} page
 * @param {string} selector
 */
const gone = (page, selector) =>
  page.waitForFunction(
    (selector) => !document.querySelector(selector),
    selector,
  );

/** How the sign-out ended whose promise the page keeps. @param {Page} page */
const status = (page) =>
  page.evaluate(async () => (await globalThis.kept).status);
