// Node, where servers render: inert, by import and by require, and one package either way. With jsdom's globals it is a browser.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { must } from "../../scripts/lib/run.mjs";
import { HANGS_MS, OVER, useWorld, Visitor } from "../e2e/lib/world.mjs";
import { consumer } from "./lib/consumer.mjs";

const world = useWorld({ app: false });

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

const IN_JSDOM = `
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("", { url: "http://localhost:3000" });
const { document, location, localStorage, sessionStorage } = window;
Object.assign(globalThis, { window, document, location, localStorage, sessionStorage });
const { config, tokens } = JSON.parse(process.env.COGNITO);
async function look({ configure, loadTokens, signOut, storeTokens }) {
  await configure(config);
  await storeTokens(tokens);
  const { username } = await loadTokens();
  const { status } = await signOut({ global: true });
  const left = Object.keys(localStorage).filter((key) => key.includes("Token"));
  console.log(JSON.stringify([username, status, left]));
  // Nothing else ends jsdom.
  process.exit();
}
`;

for (const [how, load] of Object.entries({
  require: `look(require("cognito-signout"));`,
  import: `import("cognito-signout").then(look);`,
  "require of eager": `look(require("cognito-signout/eager"));`,
}))
  test(`jsdom's globals: ${how}`, { timeout: HANGS_MS }, async () => {
    const folder = await consumer("node-jsdom", {
      templates: ["tests/apps/page"],
    });
    const jane = new Visitor(world, { origin: "http://localhost:3000" });
    const session = jane.session();
    const { accessToken, idToken, refreshToken } = session;
    await writeFile(join(folder, "jsdom.cjs"), IN_JSDOM + load);
    const said = await must(process.execPath, ["jsdom.cjs"], {
      cwd: folder,
      env: {
        COGNITO: JSON.stringify({
          config: jane.config,
          tokens: { accessToken, idToken, refreshToken },
        }),
      },
    });
    assert.deepEqual(JSON.parse(said), [jane.username, "complete", []]);
    assert.deepEqual(jane.areValid(session), OVER);
  });
