// The entry `cognito-signout/slim`: the engine comes from a URL of the app's own.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sideBySide, useWorld } from "./lib/world.mjs";

const world = useWorld();

/** @typedef {"streamed" | "read" | "as JavaScript"} How the engine was had */

/**
 * Where the app says it is, which type the server gives it, and how it is had then.
 * @type {Record<string, { type?: string, source: string, how: How }>}
 */
const PLACES = {
  "a URL, served as application/wasm": {
    type: "application/wasm",
    source: "url",
    how: "streamed",
  },
  "a URL, served as another type": { source: "url", how: "read" },
  "a fetch of the app's own, with its integrity checked": {
    type: "application/wasm",
    source: "fetched",
    how: "streamed",
  },
  "a fetch that fails its integrity": {
    type: "application/wasm",
    source: "forged",
    how: "as JavaScript",
  },
  "a URL where nothing is": { source: "missing", how: "as JavaScript" },
};

describe("the engine from a URL", sideBySide(3), () => {
  for (const [place, { type, source, how }] of Object.entries(PLACES))
    test(`${place}: ${how}`, async (t) => {
      const jane = await world.visitor(t, { path: "" });
      const tokens = jane.session();
      /** @type {string[]} */
      const files = [];
      await jane.context.route(
        /\/package\/.*(wasm|fallback)/,
        async (route) => {
          const file = route.request().url().replace(/.*\//, "");
          files.push(file);
          const response = await route.fetch();
          await route.fulfill({
            response,
            ...(type &&
              file.endsWith(".wasm") && {
                headers: { ...response.headers(), "content-type": type },
              }),
          });
        },
      );
      await jane.page.goto(`${jane.origin}/blank`);
      const result = await jane.page.evaluate(
        async ({ config, source, accessToken, refreshToken }) => {
          const { instantiateStreaming } = WebAssembly;
          let streamed = false;
          WebAssembly.instantiateStreaming = async (...args) => {
            const made = await instantiateStreaming(...args);
            streamed = true;
            return made;
          };
          // @ts-expect-error the server's copy of the package
          const slim = await import("/package/slim.js");
          const { integrity } = slim;
          /** @type {Record<string, () => unknown>} */
          const sources = {
            url: () => "/package/engine.wasm",
            fetched: () => fetch("/package/engine.wasm", { integrity }),
            forged: () => fetch("/package/slim.js", { integrity }),
            missing: () => "/package/gone.wasm",
          };
          slim.setWasmUrl(sources[source]?.());
          await slim.configure(config);
          await slim.storeTokens({ accessToken, refreshToken });
          const { status } = await slim.signOut();
          return { status, streamed };
        },
        { config: jane.config, source, ...tokens },
      );
      assert.deepEqual(result, {
        status: "complete",
        streamed: how === "streamed",
      });
      assert.equal(jane.areValid(tokens).refresh, false);
      assert.equal(
        files.includes("cognito-signout-fallback.js"),
        how === "as JavaScript",
      );
    });
});
