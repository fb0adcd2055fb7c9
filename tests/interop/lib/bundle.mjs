// A page of real libraries beside the tarball, bundled by esbuild as an app's build does it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { builtApp } from "../../e2e/lib/app.mjs";

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Interop</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="root"></div>
    <script type="module" src="/page.js"></script>
  </body>
</html>
`;

/**
 * `cognito-signout` and its subpaths by the export map of the installed tarball, whoever imports them.
 * @param {string} installedIn the folder whose node_modules has it
 * @returns {esbuild.Plugin}
 */
const fromTarball = (installedIn) => ({
  name: "from-tarball",
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: /^cognito-signout($|\/)/ },
      ({ path, kind, resolveDir }) =>
        resolveDir === installedIn
          ? undefined
          : resolve(path, { kind, resolveDir: installedIn }),
    );
  },
});

/**
 * @param {string} page a file of tests/interop/pages, without its ending
 * @returns {Promise<{ app: import("../../e2e/lib/app.mjs").App, remove: () => Promise<void> }>}
 */
export async function bundled(page) {
  const tarball = await builtApp();
  const dist = await mkdtemp(join(tmpdir(), "cognito-signout-interop-"));
  await esbuild.build({
    entryPoints: [inRoot("tests/interop/pages", `${page}.mjs`)],
    outfile: join(dist, "page.js"),
    bundle: true,
    format: "esm",
    define: {
      "process.env.NODE_ENV": '"production"',
      // Amplify v5 was written for bundlers that did so by themselves.
      global: "globalThis",
    },
    plugins: [fromTarball(tarball.root)],
    logLevel: "warning",
  });
  await writeFile(join(dist, "index.html"), HTML);
  return {
    app: { ...tarball, dist },
    remove: () => rm(dist, { recursive: true, force: true }),
  };
}
