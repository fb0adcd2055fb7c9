// Each bundler as its own documentation starts it: with no configuration, but for "vite-single".
import { join } from "node:path";
import { pageWith, runIn } from "./consumer.mjs";

/**
 * @typedef {object} Bundler
 * @property {string} program its path below node_modules
 * @property {string[]} args
 * @property {string} [script] what the page loads; without it the bundler makes the page
 */

/** @satisfies {Record<string, Bundler>} */
export const BUNDLERS = {
  vite: { program: "vite/bin/vite.js", args: ["build"] },
  // One file for all: the configuration is in the template.
  "vite-single": { program: "vite/bin/vite.js", args: ["build"] },
  webpack: {
    program: "webpack-cli/bin/cli.js",
    args: ["--mode", "production"],
    script: '<script src="./dist/main.js"></script>',
  },
  "webpack-dev": {
    program: "webpack-cli/bin/cli.js",
    args: ["--mode", "development"],
    script: '<script src="./dist/main.js"></script>',
  },
  rollup: {
    program: "rollup/dist/bin/rollup",
    // Rollup alone finds no package.
    args: [
      "src/index.js",
      "--dir=dist",
      "--plugin=@rollup/plugin-node-resolve",
    ],
    script: '<script type="module" src="./dist/index.js"></script>',
  },
  esbuild: {
    program: "esbuild/bin/esbuild",
    args: [
      "src/index.js",
      "--bundle",
      "--minify",
      "--splitting",
      "--format=esm",
      "--outdir=dist",
    ],
    script: '<script type="module" src="./dist/index.js"></script>',
  },
  "esbuild-iife": {
    program: "esbuild/bin/esbuild",
    args: ["src/index.js", "--bundle", "--outfile=dist/index.js"],
    script: '<script src="./dist/index.js"></script>',
  },
  parcel: {
    program: "parcel/lib/bin.js",
    args: ["build", "index.html", "--no-cache"],
  },
};

/** @typedef {keyof typeof BUNDLERS} BundlerName */

export const bundlerNames = /** @type {BundlerName[]} */ (
  Object.keys(BUNDLERS)
);

/**
 * Builds an app.
 * @param {BundlerName} name
 * @param {string} folder the app's
 * @returns {Promise<{ site: string, made: string, said: string }>} the folder to serve, what the bundler made there, what it said
 */
export async function bundle(name, folder) {
  /** @type {Bundler} */
  const { program, args, script } = BUNDLERS[name];
  if (script) await pageWith(folder, script);
  const { stdout, stderr } = await runIn(folder, program, args);
  const made = join(folder, "dist");
  return { site: script ? folder : made, made, said: stdout + stderr };
}
