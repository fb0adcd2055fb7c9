// webpack, Rollup, esbuild and Parcel: one app, built by each with no configuration.
import { join } from "node:path";
import { describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { consumer, pageWith, runIn } from "./lib/consumer.mjs";
import { signInAndOut } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";

const world = useWorld({ app: false });

/**
 * @typedef {object} Bundler
 * @property {string} program
 * @property {string[]} args
 * @property {string} [script] what the page loads; without it the bundler makes the page
 */

/** @type {Record<string, Bundler>} */
const BUNDLERS = {
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

describe("bundlers", { timeout: 20 * HANGS_MS }, () => {
  for (const [name, { program, args, script }] of Object.entries(BUNDLERS))
    test(name, async (t) => {
      const folder = await consumer(name, { templates: ["tests/apps/page"] });
      if (script) await pageWith(folder, script);
      await runIn(folder, program, args);
      const site = await serveFolder(script ? folder : join(folder, "dist"));
      t.after(site.close);
      await signInAndOut(world, t, `${site.origin}/`);
    });
});
