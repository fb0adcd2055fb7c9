// Makes site/dist: the docs site, and the references of both languages in it.
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { check, checkWithNode } from "./commands.mjs";
import { inRoot } from "./paths.mjs";

const TARGET = "wasm32-unknown-unknown";

/** Needs `dist/`. A dead link is a failure. */
export async function site() {
  // It begins with an empty folder.
  await checkWithNode("vitepress/bin/vitepress.js", "build", "site");
  await checkWithNode("typedoc/bin/typedoc");
  // What a Rust app sees: the feature `js` has no API for Rust.
  await check("cargo", [
    ...["doc", "--locked", "--no-deps"],
    ...["--features", "serde", "--target", TARGET],
  ]);
  await cp(
    join(process.env.CARGO_TARGET_DIR ?? inRoot("target"), TARGET, "doc"),
    inRoot("site/dist/reference/rust"),
    { recursive: true },
  );
}
