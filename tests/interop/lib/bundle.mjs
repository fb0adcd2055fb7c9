// A page of real libraries beside the tarball, bundled by esbuild as an app's build does it.
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { inRoot, workDir } from "../../../scripts/lib/paths.mjs";
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
 * `cognito-signout` and its subpaths by the export map of the installed tarball, whoever imports them; with `?copy` those of a second
 * copy, as another bundle has it.
 * @param {string} installedIn the folder whose node_modules has it
 * @param {string} copiedTo the same of the copy
 * @returns {esbuild.Plugin}
 */
const fromTarball = (installedIn, copiedTo) => ({
  name: "from-tarball",
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: /^cognito-signout($|[/?])/ },
      ({ path, kind, resolveDir }) => {
        const isCopy =
          path.endsWith("?copy") || resolveDir.startsWith(copiedTo);
        const from = isCopy ? copiedTo : installedIn;
        return resolveDir === from
          ? undefined
          : resolve(path.replace("?copy", ""), { kind, resolveDir: from });
      },
    );
  },
});

/**
 * @param {string} page a file of tests/interop/pages, without its ending
 * @param {"production" | "development"} mode which build of the libraries
 * @returns {Promise<{ app: import("../../e2e/lib/app.mjs").App, remove: () => Promise<void> }>}
 */
export async function bundled(page, mode) {
  const tarball = await builtApp();
  const dist = await mkdtemp(join(tmpdir(), "cognito-signout-interop-"));
  // Where the libraries are found too.
  const copy = await mkdtemp(join(workDir, "copy-"));
  await cp(tarball.installed, join(copy, "node_modules/cognito-signout"), {
    recursive: true,
  });
  await esbuild.build({
    entryPoints: { page: inRoot("tests/interop/pages", `${page}.mjs`) },
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    define: {
      "process.env.NODE_ENV": JSON.stringify(mode),
      // Amplify v5 was written for bundlers that did so by themselves.
      global: "globalThis",
    },
    plugins: [fromTarball(tarball.root, copy)],
    logLevel: "warning",
  });
  await rm(copy, { recursive: true });
  await writeFile(join(dist, "index.html"), HTML);
  return {
    app: { ...tarball, dist },
    remove: () => rm(dist, { recursive: true, force: true }),
  };
}
