// Makes dist/ from js/: an ES module, a CommonJS module and the types of both for each entry of the package's `exports`.
import {
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { cdnPage } from "./cdn.mjs";
import { distDir, inRoot, root, workDir } from "./paths.mjs";
import { Failure } from "./run.mjs";
import { rollUpTypes } from "./types.mjs";

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
  main: `../dist/${name === "eager" ? "index" : name}.cjs`,
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

/** The engine in a chunk of its own, and as JavaScript: the names of their files. */
const CHUNK = "cognito-signout-engine";
const FALLBACK = "cognito-signout-fallback";

/** Makes `dist/`. */
export async function bundle() {
  const fresh = join(workDir, "dist");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const names = await entries();
  for (const [format, extension] of FORMATS) {
    for (const name of names)
      // For CommonJS, which bundlers don't split, the package itself is the eager one.
      if (format === "esm" || name !== "eager")
        await bundleFile(name, name, format, fresh, extension);
    await bundleFile("fallback", FALLBACK, format, fresh, extension);
  }
  await bundleFile("chunk", CHUNK, "esm", fresh, "js");
  await rollUpTypes(fresh, names);
  await writeFile(
    join(fresh, "cdn.md"),
    await cdnPage(fresh, names, [CHUNK, FALLBACK]),
  );
  await copyFile(
    join(workDir, "bindgen/engine.wasm"),
    join(fresh, "engine.wasm"),
  );
  await rm(distDir, { recursive: true, force: true });
  await rename(fresh, distDir);
}

/**
 * One file that needs no other, apart from the package's main entry, the library that an entry is for, and the two above.
 * @param {string} name
 * @param {string} file
 * @param {"esm" | "cjs"} format
 * @param {string} folder
 * @param {string} extension
 */
async function bundleFile(name, file, format, folder, extension) {
  const isEager = format === "cjs" || name === "eager" || name === "slim";
  const { outputFiles } = await esbuild.build({
    entryPoints: [inRoot(`js/${name}.ts`)],
    write: false,
    bundle: true,
    minify: true,
    format,
    platform: "neutral",
    target: TARGET,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    external: ["cognito-signout", "aws-amplify", "react"],
    // Jest has no import() in CommonJS.
    supported: { "dynamic-import": format === "esm" },
    plugins: [
      variants({
        chunk: `./${CHUNK}.js`,
        fallback: `./${FALLBACK}.${extension}`,
        source: isEager ? inRoot("js/source-eager.ts") : undefined,
        inlined: name === "slim" ? inRoot("js/streamed.ts") : undefined,
      }),
    ],
  });
  const code = named(outputFiles[0]?.text ?? "");
  for (const banned of BANNED)
    if (code.includes(banned))
      throw new Failure(`dist/${name} contains \`${banned}\`.`);
  await writeFile(join(folder, `${file}.${extension}`), code);
}

/** webpack numbers a chunk unless it is told a name. @param {string} code */
const named = (code) =>
  code.replaceAll(
    /import\("\.\/([\w-]+)\.js"\)/g,
    'import(/* webpackChunkName: "$1" */"./$1.js")',
  );

/**
 * Some files are loaded only when needed; and some entries get the engine from elsewhere.
 * @param {Record<"chunk" | "fallback", string> & Record<"source" | "inlined", string | undefined>} files
 * @returns {esbuild.Plugin}
 */
const variants = ({ chunk, fallback, source, inlined }) => ({
  name: "variants",
  setup(build) {
    for (const [name, path] of [
      ["chunk", chunk],
      ["fallback", fallback],
    ])
      build.onResolve({ filter: new RegExp(`/${name}\\.js$`) }, ({ kind }) =>
        kind === "dynamic-import" ? { path, external: true } : null,
      );
    for (const [name, path] of [
      ["source", source],
      ["inlined", inlined],
    ])
      build.onResolve({ filter: new RegExp(`^\\./${name}\\.js$`) }, () =>
        path ? { path } : null,
      );
  },
});

/**
 * What an app pays for what it imports, as esbuild bundles it; aws-amplify and react are there already.
 * @param {string} contents
 * @returns {Promise<{ entry: Uint8Array, chunk: Uint8Array }>} what is loaded with the app, and what `configure` asks for
 */
export async function bundleForAnApp(contents) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    target: TARGET,
    splitting: true,
    alias: { "cognito-signout": join(distDir, "index.js") },
    external: ["aws-amplify", "react"],
    outdir: join(workDir, "app"),
    write: false,
    logLevel: "warning",
  });
  const [entry, chunk] = [/stdin\.js$/, new RegExp(CHUNK)].map((name) =>
    outputFiles.find(({ path }) => name.test(path)),
  );
  if (!entry || !chunk) throw new Failure("esbuild made no such bundle.");
  return { entry: entry.contents, chunk: chunk.contents };
}
