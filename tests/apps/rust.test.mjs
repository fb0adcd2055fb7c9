// examples/rust: a Yew app that uses the crate's Rust API alone.
import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { inRoot, tool } from "../../scripts/lib/paths.mjs";
import { must } from "../../scripts/lib/run.mjs";
import { HANGS_MS, useWorld, Visitor } from "../e2e/lib/world.mjs";
import { complaints, walk } from "./lib/journey.mjs";
import { screenshot } from "./lib/screenshots.mjs";
import { serveFolder } from "./lib/serve.mjs";

const TARGET = "wasm32-unknown-unknown";
const world = useWorld({ app: false });

describe("the crate in a Rust app", { timeout: 20 * HANGS_MS }, () => {
  const folder = inRoot("target/rust-app");
  const site = join(folder, "site");
  before(async () => {
    const manifest = inRoot("examples/rust/Cargo.toml");
    await must("cargo", [
      "build",
      "--locked",
      `--manifest-path=${manifest}`,
      `--target=${TARGET}`,
      `--target-dir=${folder}`,
    ]);
    await mkdir(site, { recursive: true });
    await must(tool("wasm-bindgen"), [
      join(folder, TARGET, "debug/rust-app.wasm"),
      "--target=web",
      "--no-typescript",
      `--out-dir=${site}`,
    ]);
    for (const name of ["index.html", "style.css"])
      await copyFile(inRoot("examples/rust", name), join(site, name));
  });

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
      between: (page) => screenshot(page, "rust-in"),
      after: (page) => screenshot(page, "rust"),
    });
    assert.deepEqual(seen, []);
  });

  test("its binary exports none of ours, and has an allocator of its own", async () => {
    const wasm = await readFile(join(folder, TARGET, "debug/rust-app.wasm"));
    const names = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(
      ({ name }) => name,
    );
    // All else is wasm-bindgen's.
    assert.deepEqual(
      names.filter((name) => !name.startsWith("__")),
      ["memory", "main"],
    );
    // The debug build has the names of its functions.
    assert.equal(wasm.includes("dlmalloc"), true);
    assert.equal(wasm.includes("talc"), false);
  });
});
