// `signOut` as an event handler, as people's component libraries call it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sideBySide, useWorld } from "./lib/world.mjs";

const world = useWorld();

/** What handlers are called with, by the library that does so. It stands alone. */
function handed() {
  const click = new MouseEvent("click", { bubbles: true });
  // React makes its own, and none of their fields is a DOM event's by `instanceof`.
  class SyntheticEvent {
    nativeEvent = click;
    target = document.body;
    isDefaultPrevented = () => false;
    preventDefault() {
      click.preventDefault();
    }
  }
  const synthetic = new SyntheticEvent();
  /** As Vue's `reactive` and MobX's `observable` wrap it. @param {object} object */
  const observed = (object) =>
    new Proxy(object, {
      get: (target, name, receiver) => {
        const value = Reflect.get(target, name, receiver);
        return value instanceof Event || typeof value !== "object"
          ? value
          : new Proxy(value ?? {}, {});
      },
    });
  const thrower = () => {
    throw new Error("not for you");
  };
  // rc-menu warns of whoever reads its `item`.
  const antd = Object.defineProperty(
    { key: "out", keyPath: ["out"], domEvent: synthetic },
    "item",
    { get: thrower },
  );
  /** @type {Record<string, any>} */
  const handed = {
    null: null,
    "antd Menu": antd,
    "antd Menu, older": {
      item: { props: {} },
      key: "out",
      keyPath: ["out"],
      domEvent: synthetic,
    },
    PrimeReact: { originalEvent: synthetic, item: { label: "Sign out" } },
    "PrimeVue, PrimeNG": {
      originalEvent: click,
      item: { label: "Sign out", command: () => {} },
    },
    "Vue's proxy": observed({ originalEvent: click, item: {} }),
    "MobX's proxy, over React": observed({ domEvent: synthetic, key: "out" }),
    "jQuery's event in DevExtreme": {
      component: {},
      event: { originalEvent: click, preventDefault() {} },
    },
    "AG Grid": { type: "cellClicked", node: {}, event: click, api: {} },
    "React Native": { nativeEvent: { pageX: 1, target: 7 } },
    "React Native Web": {
      nativeEvent: click,
      dispatchConfig: {},
      preventDefault() {},
    },
    "React Aria": Object.assign(Object.create({ continuePropagation() {} }), {
      type: "press",
      pointerType: "mouse",
      target: document.body,
    }),
    "a custom event of a web component": new CustomEvent("select", {
      detail: { global: true },
    }),
    "of another frame": (() => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      /** @type {any} */
      const inside = frame.contentWindow;
      return { item: {}, domEvent: new inside.MouseEvent("click") };
    })(),
    "one field throws, another holds an event": Object.defineProperty(
      { originalEvent: click },
      "aside",
      { enumerable: true, get: thrower },
    ),
  };
  return handed;
}

/** What is options, or wants to be, with the field that the error names. It stands alone. */
function options() {
  const click = new MouseEvent("click");
  /** @type {[string, any][]} */
  const options = [
    ["globl", { globl: true }],
    ["key", { key: "out", keyPath: ["out"] }],
    ["domEvent", { domEvent: "click", key: "out" }],
    ["globl", { appState: click, globl: true }],
    ["signal", { signal: click }],
    ["hostedUI", { hostedUI: click }],
    ["oauth.event", { oauth: { event: click } }],
    // An option of ours beside it is not to be lost in silence.
    ["event", { global: true, event: click }],
    ["originalEvent", { originalEvent: click, hostedUI: "none" }],
    ["domEvent", { domEvent: click, timeoutMs: undefined }],
    ["nested", { nested: { event: click } }],
    ["signl", { signl: new AbortController().signal }],
  ];
  for (const name of [
    ...["global", "hostedUI", "redirectUrl", "oauth", "navigate"],
    ...["timeoutMs", "popupTimeoutMs", "signal", "forgetDevice"],
    ...["retryWhenOnline"],
  ])
    options.push(["event", { [name]: undefined, event: click }]);
  return options;
}

const given = `globalThis.handed = ${handed}; globalThis.options = ${options};`;

describe("handlers", sideBySide(2), () => {
  test("an object that holds an event counts as no options, and so does null", async (t) => {
    const jane = await world.visitor(t);
    await jane.page.evaluate(given);
    /** @type {string[]} */
    const names = await jane.page.evaluate("Object.keys(handed())");
    assert.ok(names.length > 10);
    for (const name of names) {
      const tokens = await jane.signIn();
      const result = await jane.page.evaluate(
        async (name) =>
          show(
            await cs.signOut(/** @type {any} */ (globalThis).handed()[name]),
          ),
        name,
      );
      assert.equal(result.status, "complete", name + JSON.stringify(result));
      assert.equal(world.control.isTokenValid(tokens.refreshToken), false);
    }
    assert.ok(!jane.calls.includes("GlobalSignOut"));
    assert.equal(jane.context.pages().length, 1);
  });

  test("options stay options: a mistyped one is failed(configuration), and named", async (t) => {
    const jane = await world.visitor(t);
    await jane.page.evaluate(given);
    const tokens = await jane.signIn();
    const before = await jane.keys();
    const seen = await jane.page.evaluate(() =>
      Promise.all(
        /** @type {any} */ (globalThis)
          .options()
          .map(async (/** @type {[string, any]} */ [name, options]) => [
            name,
            show(await cs.signOut(options)),
          ]),
      ),
    );
    for (const [name, { status, error }] of seen) {
      assert.equal(status, "failed", name);
      assert.equal(error.code, "configuration", name);
      assert.ok(error.message.startsWith(`${name}: `), error.message);
    }
    assert.deepEqual(await jane.keys(), before);
    assert.deepEqual(jane.areValid(tokens), { access: true, refresh: true });
    const result = await jane.page.evaluate(async () => {
      const appState = new MouseEvent("click");
      return show(await cs.signOut({ appState, signal: AbortSignal.abort() }));
    });
    assert.equal(result.error.code, "aborted");
  });
});
