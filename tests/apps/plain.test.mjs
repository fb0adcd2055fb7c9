// No bundler: the package's own files, on a plain static host.
import { after, before, describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { consumer, pageWith } from "./lib/consumer.mjs";
import { signInAndOut } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";

const FILE = "./node_modules/cognito-signout/dist/index.js";
const world = useWorld({ app: false });

const PAGES = {
  "a module script": `
    <script type="module">
      import * as cognitoSignOut from "${FILE}";
      import { start } from "./src/app.js";
      start(cognitoSignOut);
    </script>`,
  "an import map": `
    <script type="importmap">
      { "imports": { "cognito-signout": "${FILE}" } }
    </script>
    <script type="module" src="./src/index.js"></script>`,
  "a classic script, by a dynamic import": `
    <script>
      Promise.all([import("${FILE}"), import("./src/app.js")]).then(
        ([cognitoSignOut, { start }]) => start(cognitoSignOut),
      );
    </script>`,
};

describe("plain pages", { timeout: 4 * HANGS_MS }, () => {
  let folder = "";
  /** @type {Awaited<ReturnType<typeof serveFolder>>} */
  let site;
  before(async () => {
    folder = await consumer("plain", { templates: ["tests/apps/page"] });
    site = await serveFolder(folder);
  });
  after(() => site.close());

  for (const [i, [name, script]] of Object.entries(PAGES).entries())
    test(name, async (t) => {
      await pageWith(folder, script, `page${i}.html`);
      await signInAndOut(world, t, `${site.origin}/page${i}.html`);
    });
});
