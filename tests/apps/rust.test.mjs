// examples/yew and examples/leptos: apps that use the crate's Rust API alone, built by Trunk as it comes.
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { before, describe, test } from "node:test";
import { installCargoTool } from "../../scripts/lib/cargo-tools.mjs";
import { inRoot, tool, toolsDir } from "../../scripts/lib/paths.mjs";
import { must } from "../../scripts/lib/run.mjs";
import { HANGS_MS, useWorld, Visitor } from "../e2e/lib/world.mjs";
import { complaints, walk } from "./lib/journey.mjs";
import { screenshot } from "./lib/screenshots.mjs";
import { serveFolder } from "./lib/serve.mjs";

const TRUNK = "0.21.14";
const world = useWorld({ app: false });

before(() => installCargoTool("trunk", TRUNK, { flags: ["--locked"] }));

for (const name of ["yew", "leptos"])
  describe(`the crate in an app of ${name}`, { timeout: 40 * HANGS_MS }, () => {
    const site = inRoot("target", `${name}-app`, "site");
    before(() =>
      must(tool("trunk"), ["build", "--locked", "--dist", site], {
        cwd: inRoot("examples", name),
        env: {
          CARGO_TARGET_DIR: inRoot("target", `${name}-app`),
          // Trunk takes the wasm-bindgen that it finds, if it has the version of the app's Cargo.lock.
          PATH: [join(toolsDir, "bin"), process.env.PATH].join(delimiter),
        },
      }),
    );

    test("signs in and out", async (t) => {
      const { origin, close } = await serveFolder(site);
      t.after(close);
      const jane = new Visitor(world, { origin, path: "" });
      await jane.arrive();
      t.after(() => jane.leave());
      await writeFile(join(site, "config.json"), JSON.stringify(jane.config));
      const seen = complaints(jane.page);
      await jane.page.goto(`${origin}/`);
      await walk(jane, jane.page, {
        between: (page) => screenshot(page, `${name}-in`),
        after: (page) => screenshot(page, name),
      });
      // Trunk preloads the module with an integrity, which Chromium does not check there.
      const ours = seen.filter((text) => !text.includes("`integrity`"));
      assert.deepEqual(ours, []);
    });

    test("its binary exports none of ours, and has an allocator of its own", async () => {
      const files = await readdir(site);
      const file = files.find((file) => file.endsWith(".wasm")) ?? "";
      const wasm = await readFile(join(site, file));
      const names = WebAssembly.Module.exports(
        new WebAssembly.Module(wasm),
      ).map(({ name }) => name);
      // All else is wasm-bindgen's, and of crates that a framework uses.
      for (const ours of ["create", "signOut", "storeTokens", "isSigningOut"])
        assert.ok(!names.includes(ours), ours);
      // The debug build has the names of its functions.
      assert.equal(wasm.includes("dlmalloc"), true);
      assert.equal(wasm.includes("talc"), false);
    });
  });
