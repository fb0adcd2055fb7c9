import assert from "node:assert/strict";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";

test("npm run cognito hands its options to the local Cognito", async () => {
  const args = ["run", "--silent", "cognito", "--", "--help"];
  const { code, stdout } = await run("npm", args, {
    cwd: inRoot(),
    echo: false,
  });
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: cognito-signout-dev /);
});
