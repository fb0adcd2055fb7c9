// What a file uses never uses that file in turn, not by way of others either. `use` and `import` count; `mod` and types do not.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path/posix";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** @typedef {Map<string, Set<string>>} Graph which files each file uses */

/**
 * @param {string} folder
 * @param {string} ending
 */
async function filesIn(folder, ending) {
  const names = await readdir(inRoot(folder), { recursive: true });
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
}

/**
 * The paths of a `use`, its braces written out.
 * @param {string} tree
 * @returns {string[]}
 */
function pathsOf(tree) {
  const open = tree.indexOf("{");
  if (open < 0) return [tree.replace(/\s+as\s+\w+$/, "").trim()];
  const head = tree.slice(0, open).trim();
  const parts = [];
  let [depth, part] = [0, ""];
  for (const character of tree.slice(open + 1, tree.lastIndexOf("}"))) {
    if (character === "{") depth++;
    if (character === "}") depth--;
    if (character === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else {
      part += character;
    }
  }
  return [...parts, part]
    .filter((text) => text.trim())
    .flatMap((text) => pathsOf(head + text.trim()));
}

/** @returns {Promise<Graph>} */
async function rust() {
  const files = await filesIn("src", ".rs");
  /** @param {string} file */
  const moduleOf = (file) =>
    file
      .replace(/^src\//, "")
      .replace(/(?:^lib|\/?mod)?\.rs$/, "")
      .split("/")
      .filter(Boolean);
  const modules = new Map(
    files.map((file) => [moduleOf(file).join("::"), file]),
  );
  /** @type {Graph} */
  const graph = new Map();
  for (const file of files) {
    const source = (await readFile(inRoot(file), "utf8"))
      .replace(/\n#\[cfg\((?:all\()?test\b[^]*$/, "")
      .replaceAll(/\/\/.*$/gm, "");
    const used = new Set();
    const statements = source.matchAll(
      /^(?:pub(?:\([^)]*\))? )?use ([^;]+);/gm,
    );
    for (const [, tree = ""] of statements) {
      for (const path of pathsOf(tree)) {
        let at = moduleOf(file);
        const steps = path.split("::");
        if (steps[0] === "crate") at = [];
        else if (steps[0] !== "self" && steps[0] !== "super") {
          // A child of this module, or a crate.
          if (!modules.has([...at, steps[0]].join("::"))) continue;
          steps.unshift("self");
        }
        for (const step of steps.slice(steps[0] === "super" ? 0 : 1)) {
          at = step === "super" ? at.slice(0, -1) : [...at, step];
        }
        while (at.length > 0 && !modules.has(at.join("::"))) at.pop();
        const target = modules.get(at.join("::"));
        if (target && target !== file) used.add(target);
      }
    }
    graph.set(file, used);
  }
  return graph;
}

/** @returns {Promise<Graph>} */
async function typeScript() {
  /** @type {Graph} */
  const graph = new Map();
  for (const file of await filesIn("js", ".ts")) {
    const source = await readFile(inRoot(file), "utf8");
    // Types alone are no use of a file, and `import()` loads it when all others are there.
    const imports = source.matchAll(
      /^(?:import|export)\b(?! type\b)[^;]*?"(\.[^"]+)";/gm,
    );
    const paths = [...imports].map(([, path = ""]) =>
      join(dirname(file), path.replace(/\.js$/, ".ts")),
    );
    graph.set(file, new Set(paths.filter((path) => path.startsWith("js/"))));
  }
  return graph;
}

/**
 * @param {Graph} graph
 * @returns {string[]} a circle, or nothing
 */
function circleIn(graph) {
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {string[]} */
  const way = [];
  /** @param {string} file @returns {string[]} */
  const follow = (file) => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return [];
    way.push(file);
    for (const next of graph.get(file) ?? []) {
      const circle = follow(next);
      if (circle.length > 0) return circle;
    }
    way.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const circle = follow(file);
    if (circle.length > 0) return circle;
  }
  return [];
}

for (const [language, read] of /** @type {const} */ ([
  ["Rust", rust],
  ["TypeScript", typeScript],
]))
  test(`no circle of files in ${language}`, async () => {
    const graph = await read();
    const edges = [...graph.values()].reduce((sum, used) => sum + used.size, 0);
    assert.ok(edges > graph.size / 2, "the uses were not found");
    assert.deepEqual(circleIn(graph), []);
  });

test("a circle is found", () => {
  const graph = new Map([
    ["a", new Set(["b"])],
    ["b", new Set(["c"])],
    ["c", new Set(["b"])],
  ]);
  assert.deepEqual(circleIn(graph), ["b", "c", "b"]);
});
