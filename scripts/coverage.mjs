// npm run coverage: which lines and branches of src/ the native tests run. It prints the table of docs/coverage.md, which
// UPDATE_DOCS=1 writes, and then the lines of src/engine that no test runs.
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { installCargoTool } from "./lib/cargo-tools.mjs";
import { check } from "./lib/commands.mjs";
import { inRoot, tool, workDir } from "./lib/paths.mjs";
import { main, must } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

const CARGO_LLVM_COV = "0.9.1";
const REPORT = join(workDir, "coverage.lcov");
const DOC = inRoot("docs/coverage.md");

/**
 * @typedef {object} Coverage of one file
 * @property {string} path below src/
 * @property {Map<number, boolean>} lines whether each is run
 * @property {boolean[]} branches whether each is taken
 */

/** Runs all native tests, and writes what they run to `REPORT`. */
async function measure() {
  await must("rustup", ["component", "add", "llvm-tools"]);
  await installCargoTool("cargo-llvm-cov", CARGO_LLVM_COV, {
    flags: ["--locked"],
  });
  await check(
    tool("cargo-llvm-cov"),
    [
      ...["llvm-cov", "--locked", "--all-features", "--branch"],
      ...["--profile", "simulation", "--lcov", "--output-path", REPORT],
    ],
    {
      // Branches are an unstable option of the pinned compiler.
      RUSTC_BOOTSTRAP: "1",
      // The same inputs each time give the same figures.
      PROPTEST_RNG_SEED: "2026",
      SIMULATE_SEEDS: "0..20000",
    },
  );
}

/**
 * What the report says of a file, its own tests apart.
 * @param {string} record
 * @returns {Promise<Coverage>}
 */
async function read(record) {
  /** @param {string} name @returns {number[][]} */
  const all = (name) =>
    [...record.matchAll(new RegExp(`^${name}:(.+)$`, "gm"))].map(
      ([, values = ""]) => values.split(",").map(Number),
    );
  const [, file = ""] = /^SF:(.+)$/m.exec(record) ?? [];
  const source = (await readFile(file, "utf8")).split("\n");
  const tests = source.indexOf("mod tests {");
  const end = tests < 0 ? Infinity : tests;
  return {
    path: relative(inRoot("src"), file).replaceAll("\\", "/"),
    lines: new Map(
      all("DA").flatMap(([line = 0, count = 0]) =>
        line <= end ? [[line, count > 0]] : [],
      ),
    ),
    // A branch that its condition never came to has "-" for a count.
    branches: all("BRDA").flatMap(([line = 0, , , count = 0]) =>
      line <= end ? [count > 0] : [],
    ),
  };
}

/** The part of the crate that a file belongs to. @param {string} path */
function roomOf(path) {
  const [first = "", second = "", third] = path.replace(/\.rs$/, "").split("/");
  return first === "engine" && third ? `engine/${second}` : first;
}

/** @param {Coverage[]} files */
function totals(files) {
  const lines = files.flatMap((file) => [...file.lines.values()]);
  const branches = files.flatMap((file) => file.branches);
  /** @param {boolean[]} all */
  const covered = (all) => all.filter(Boolean).length;
  return {
    lines: covered(lines),
    ofLines: lines.length,
    branches: covered(branches),
    ofBranches: branches.length,
  };
}

/** The figures as docs/coverage.md has them. @param {Coverage[]} files */
function figures(files) {
  const rooms = [...new Set(files.map(({ path }) => roomOf(path)))].sort();
  const all = totals(files);
  /** @param {string} name @param {ReturnType<typeof totals>} of */
  const row = (name, of) => [name, ...Object.values(of).map(String)];
  const table = [
    ["room", "lines", "of", "branches", "of"],
    ...rooms.map((room) => {
      const own = files.filter(({ path }) => roomOf(path) === room);
      return row(`\`${room}\``, totals(own));
    }),
    row("all", all),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  /** @param {string[]} cells */
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const [head = "", ...body] = table.map((cells) =>
    line(
      cells.map((cell, column) =>
        column === 0
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      ),
    ),
  );
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  /** @param {number} part @param {number} whole */
  const percent = (part, whole) => ((100 * part) / whole).toFixed(1);
  return [
    `Lines ${percent(all.lines, all.ofLines)} %, branches ${percent(all.branches, all.ofBranches)} %.`,
    "",
    head,
    line(rule),
    ...body,
  ].join("\n");
}

/** Such as 3, 5-7. @param {number[]} lines in their order */
function ranges(lines) {
  const starts = lines.filter((line) => !lines.includes(line - 1));
  const ends = lines.filter((line) => !lines.includes(line + 1));
  return starts.map((start, index) =>
    ends[index] === start ? `${start}` : `${start}-${ends[index]}`,
  );
}

await main(async () => {
  await setup({ compilerOnly: true });
  await measure();
  const report = await readFile(REPORT, "utf8");
  const records = report.split("end_of_record").filter((text) => text.trim());
  const files = await Promise.all(records.map(read));
  const text = figures(files);
  if (process.env.UPDATE_DOCS) {
    const doc = await readFile(DOC, "utf8");
    await writeFile(
      DOC,
      doc.replace(/^Lines \d[\s\S]*?^\| all .*$/m, () => text),
    );
  }
  console.log(`\n${text}\n\nNo test runs these lines:`);
  for (const { path, lines } of files) {
    const missing = [...lines].flatMap(([line, isRun]) => (isRun ? [] : line));
    if (path.startsWith("engine/") && missing.length > 0)
      console.log(`src/${path} ${ranges(missing).join(", ")}`);
  }
});
