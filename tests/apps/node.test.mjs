// Node, where servers render: inert, by import and by require, and one package either way.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { must } from "../../scripts/lib/run.mjs";
import { consumer } from "./lib/consumer.mjs";

const BODY = `
const config = { userPoolId: "eu-west-1_AbCdEfGhI", userPoolClientId: "1example23456789" };
async function look(cs) {
  await cs.configure(config);
  const { status, error } = await cs.signOut({ global: true });
  return [status, error.code, cs.isAuthError(error), await cs.loadTokens(), cs.isSigningOut()];
}`;

test("import and require, one after the other and together", async () => {
  const folder = await consumer("node", { templates: ["tests/apps/page"] });
  const run = async (
    /** @type {string} */ name,
    /** @type {string} */ code,
  ) => {
    await writeFile(join(folder, name), BODY + code);
    // It ends by itself, so nothing was started that keeps it alive; a warning would stand in the output.
    return JSON.parse(await must(process.execPath, [name], { cwd: folder }));
  };
  const inert = ["failed", "invalidState", true, null, false];
  assert.deepEqual(
    await run(
      "import.mjs",
      `import * as cs from "cognito-signout"; console.log(JSON.stringify(await look(cs)));`,
    ),
    inert,
  );
  assert.deepEqual(
    await run(
      "require.cjs",
      `look(require("cognito-signout")).then((seen) => console.log(JSON.stringify(seen)));`,
    ),
    inert,
  );
  assert.deepEqual(
    await run(
      "both.mjs",
      `import * as cs from "cognito-signout"; import { createRequire } from "node:module";
      const required = createRequire(import.meta.url)("cognito-signout");
      const { error } = await cs.signOut();
      console.log(JSON.stringify([Object.keys(required).filter((name) => !(name in cs)), required.isAuthError(error)]));`,
    ),
    [[], true],
  );
});
