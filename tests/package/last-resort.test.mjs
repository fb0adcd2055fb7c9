// Where the last resort sends tokens and the browser: where the engine would, or nowhere. The table is the engine's too
// (tests/core/configuration.rs).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { logoutUrlOf } from "../../js/last-resort/logout-url.js";
import { endpointOf } from "../../js/last-resort/settings.js";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** @typedef {{ name: string, config: any, endpoint?: string, hostedUI?: string | null, may?: string, open?: boolean }} Case */

/** @type {{ cases: Case[] }} */
const { cases } = JSON.parse(
  await readFile(inRoot("tests/fixtures/configurations.json"), "utf8"),
);

/** @param {any} config */
function sentTo(config) {
  try {
    return new URL(endpointOf(config)).href;
  } catch {
    return undefined;
  }
}

describe("the last resort", () => {
  // The page that it is in.
  Object.assign(globalThis, {
    location: new URL("https://app.example.com/page"),
  });

  for (const { name, config, endpoint, hostedUI, may } of cases)
    test(name, () => {
      const to = sentTo(config);
      if (to !== may) assert.equal(to, endpoint);
      const { url } = logoutUrlOf(config, {}) ?? {};
      if (hostedUI)
        assert.ok(
          url?.startsWith(`${hostedUI}/logout?client_id=c1&logout_uri=`),
        );
      else assert.equal(url, undefined);
    });
});
