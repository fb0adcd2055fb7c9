// Makes dist/ from js/: an ES module, a CommonJS module and the types of both for each entry of the package's `exports`.
import {
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { extname, join } from "node:path";
import * as esbuild from "esbuild";
import { distDir, inRoot, root, workDir } from "./paths.mjs";
import { Failure } from "./run.mjs";

/** The oldest browsers that are supported. */
export const TARGET = ["chrome103", "firefox113", "safari16.4"];

/** Code from strings needs 'unsafe-eval'; `import.meta` is a syntax error in a classic script. */
const BANNED = ["new Function(", "eval(", "import.meta"];

const FORMATS = /** @type {const} */ ([
  ["esm", "js"],
  ["cjs", "cjs"],
]);

/** The names of the entries, as their files in js/ and dist/ have them; "index" is the package itself. */
export async function entries() {
  const { exports } = JSON.parse(
    await readFile(inRoot("package.json"), "utf8"),
  );
  return Object.keys(exports)
    .filter((name) => !/\.(json|wasm)$/.test(name))
    .map((name) => (name === "." ? "index" : name.slice(2)));
}

/** What stands in a subpath's folder, for tools that do not read `exports`. @param {string} name */
const folder = (name) => ({
  main: `../dist/${name}.cjs`,
  module: `../dist/${name}.js`,
  types: `../dist/${name}.d.ts`,
  sideEffects: false,
});

/** Makes the subpaths' folders, which git does not know. */
export async function makeFolders() {
  for (const name of await entries()) {
    if (name === "index") continue;
    await mkdir(inRoot(name), { recursive: true });
    await writeFile(
      inRoot(name, "package.json"),
      `${JSON.stringify(folder(name), null, 2)}\n`,
    );
  }
}

/** Makes `dist/`. */
export async function bundle() {
  const fresh = join(workDir, "dist");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  for (const name of await entries()) {
    for (const [format, extension] of FORMATS)
      await bundleEntry(name, format, join(fresh, `${name}.${extension}`));
    for (const types of ["d.ts", "d.cts"])
      await copyFile(
        inRoot(`js/${name}.d.ts`),
        join(fresh, `${name}.${types}`),
      );
  }
  for (const [format, extension] of FORMATS)
    await bundleEntry("fallback", format, join(fresh, `fallback.${extension}`));
  await copyFile(
    join(workDir, "bindgen/engine.wasm"),
    join(fresh, "engine.wasm"),
  );
  await rm(distDir, { recursive: true, force: true });
  await rename(fresh, distDir);
}

/**
 * One file that needs no other, apart from the package's main entry and the library that an adapter is for.
 * @param {string} name
 * @param {"esm" | "cjs"} format
 * @param {string} outfile
 */
async function bundleEntry(name, format, outfile) {
  await esbuild.build({
    entryPoints: [inRoot(`js/${name}.js`)],
    outfile,
    bundle: true,
    minify: true,
    format,
    platform: "neutral",
    target: TARGET,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    external: ["cognito-signout", "aws-amplify"],
    // Jest has no import() in CommonJS.
    supported: { "dynamic-import": format === "esm" },
    plugins: [siblings(name, extname(outfile))],
  });
  const code = await readFile(outfile, "utf8");
  for (const banned of BANNED)
    if (code.includes(banned))
      throw new Failure(`dist/${name} contains \`${banned}\`.`);
}

/**
 * The fallback is a file beside the entries, loaded only when needed; and one entry gets its engine from elsewhere.
 * @param {string} entry
 * @param {string} extension
 * @returns {esbuild.Plugin}
 */
const siblings = (entry, extension) => ({
  name: "siblings",
  setup(build) {
    build.onResolve({ filter: /\/fallback\.js$/ }, ({ kind }) =>
      kind === "dynamic-import"
        ? { path: `./fallback${extension}`, external: true }
        : null,
    );
    if (entry === "external")
      build.onResolve({ filter: /\/inlined\.js$/ }, () => ({
        path: inRoot("js/streamed.js"),
      }));
  },
});

/**
 * What an app pays: the bundles that esbuild makes of the two functions that every app needs.
 * @returns {Promise<{ entry: Uint8Array, all: Uint8Array }>} with code splitting, what is loaded at once; without, all in one
 */
export async function bundleForAnApp() {
  /** @param {boolean} splitting */
  const bundled = async (splitting) => {
    const { outputFiles } = await esbuild.build({
      stdin: {
        contents: 'export { configure, signOut } from "./dist/index.js";',
        resolveDir: root,
      },
      bundle: true,
      minify: true,
      format: "esm",
      target: TARGET,
      splitting,
      outdir: join(workDir, "app"),
      write: false,
      logLevel: "warning",
    });
    const [file] = outputFiles;
    if (!file) throw new Failure("esbuild made no bundle.");
    return file.contents;
  };
  return { entry: await bundled(true), all: await bundled(false) };
}
