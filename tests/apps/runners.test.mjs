// Where apps are tested: Vitest (node and jsdom) and Jest (CommonJS; node and jsdom), against the local Cognito.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, PASSWORD, useWorld, Visitor } from "../e2e/lib/world.mjs";
import { consumer, runIn } from "./lib/consumer.mjs";

const world = useWorld({ app: false });
const ORIGIN = "http://localhost:3000";

/** What the runner says of how many specs passed: both write the same JSON. @param {string} json */
function passed(json) {
  const { numTotalTests, numPassedTests, success } = JSON.parse(json);
  assert.equal(success, true);
  assert.equal(numPassedTests, numTotalTests);
  return numPassedTests;
}

describe("test runners", { timeout: 10 * HANGS_MS }, () => {
  test("Vitest", async () => {
    const folder = await consumer("vitest");
    const jane = new Visitor(world, { origin: ORIGIN });
    const { config, username } = jane;
    const COGNITO = JSON.stringify({ config, username, password: PASSWORD });
    const { stdout } = await runIn(
      folder,
      "vitest/vitest.mjs",
      ["run", "--reporter=json"],
      { COGNITO },
    );
    assert.equal(passed(stdout), 3);
    assert.deepEqual(jane.calls, [
      "InitiateAuth",
      "GlobalSignOut",
      "RevokeToken",
    ]);
    const sessions = world.control.sessions({ clientId: jane.clientId });
    assert.equal(sessions.length, 1);
    assert.notEqual(sessions[0]?.revoked, false);

    // As strict as an app may be: the spec that docs/testing.md shows is TypeScript, which Vitest itself does not check.
    await runIn(folder, "typescript/bin/tsc", [
      ..."--noEmit --strict --allowJs --checkJs --skipLibCheck".split(" "),
      ..."--target es2022 --module preserve --types vitest".split(" "),
      "sign-out-message.spec.ts",
    ]);
  });

  test("Jest", async () => {
    const folder = await consumer("jest");
    const jane = new Visitor(world, { origin: ORIGIN });
    const { accessToken, idToken, refreshToken } = jane.session();
    const COGNITO = JSON.stringify({
      config: jane.config,
      tokens: { accessToken, idToken, refreshToken },
    });
    const { stdout } = await runIn(folder, "jest/bin/jest.js", ["--json"], {
      COGNITO,
    });
    assert.equal(passed(stdout), 4);
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
  });
});
