// Every snippet of the README and the guides compiles: TypeScript against dist/, Rust against the crate on wasm32. Those that need more than
// the package are pieces of the sample apps, which `npm run verify` builds and runs.
import assert from "node:assert/strict";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { inRoot, root, workDir } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { GUIDES, read, snippets } from "./markdown.mjs";

const LANGUAGES = ["ts", "tsx", "js", "rust", "sh", "toml", "html", "text"];

const all = (await Promise.all(GUIDES.map(snippets))).flat();

/** Those that stand by themselves. @param {string[]} languages */
const written = (...languages) =>
  all.filter(({ file, language }) => !file && languages.includes(language));

test("every snippet is in a language that is checked, or is no program", () => {
  for (const { name, file, language } of all)
    assert.ok(file ?? LANGUAGES.includes(language), `${name}: ${language}`);
});

test("every snippet that names a file is a piece of it, word for word", async () => {
  const pieces = all.filter(({ file }) => file);
  assert.ok(pieces.length >= 10);
  for (const { name, file = "", language, code } of pieces) {
    // The sample apps, and in them what is as its name says.
    assert.match(file, /^(?:examples|tests\/apps)\/[\w./-]+$/, name);
    assert.equal(extname(file), `.${language}`, name);
    const text = await read(file);
    assert.ok(`\n${text}`.includes(`\n${code}`), `${name} is not in ${file}`);
  }
});

/** The examples in the comments of an entry's types. @param {string} entry */
async function examplesOf(entry) {
  const text = await read(`dist/${entry}.d.ts`);
  const blocks = text.matchAll(/@example\n *\* ```ts\n(.*?)^ *\* ```$/gms);
  return [...blocks].map(({ 1: block = "", index }) => ({
    name: `dist/${entry}.d.ts:${text.slice(0, index).split("\n").length + 1}`,
    language: "ts",
    code: block.replaceAll(/^ *\* ?/gm, ""),
  }));
}

const { exports } = JSON.parse(await read("package.json"));
const ENTRIES = Object.keys(exports)
  .filter((name) => !/\.(json|wasm)$/.test(name))
  .map((name) => (name === "." ? "index" : name.slice(2)));

test("every function of every entry has an example, for each of its overloads", async () => {
  for (const entry of ENTRIES) {
    const types = ts.createSourceFile(
      "types.d.ts",
      await read(`dist/${entry}.d.ts`),
      ts.ScriptTarget.ES2022,
      true,
    );
    for (const statement of types.statements)
      if (ts.isFunctionDeclaration(statement)) {
        const tags = ts
          .getJSDocTags(statement)
          .map(({ tagName }) => tagName.text);
        const name = statement.name?.text;
        assert.ok(tags.includes("example"), `${name} of ${entry}`);
      }
  }
});

test("TypeScript and JavaScript compile, each by itself", async () => {
  const examples = (await Promise.all(ENTRIES.map(examplesOf))).flat();
  assert.ok(examples.length >= 20);
  // Each is a module beside this file, so that `cognito-signout` and node_modules are found as an app finds them.
  /** @type {Map<string, { name: string, code: string }>} */
  const files = new Map(
    [...written("ts", "tsx", "js"), ...examples].map(
      ({ name, language, code }, i) => [
        join(
          root,
          `tests/docs/snippet-${i}.${language === "tsx" ? "" : "m"}${language}`,
        ),
        // A snippet without an import is a module all the same.
        { name, code: `${code}export {};\n` },
      ],
    ),
  );
  assert.ok(files.size >= 10);
  // Amplify writes this one into the app.
  files.set(join(root, "tests/docs/amplify_outputs.json"), {
    name: "amplify_outputs.json",
    code: await read("tests/types/amplify-outputs.json"),
  });
  /** @type {ts.CompilerOptions} */
  const options = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    module: ts.ModuleKind.ESNext,
    jsx: ts.JsxEmit.ReactJSX,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowJs: true,
    checkJs: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    types: [],
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => {
    const file = files.get(path);
    return file
      ? ts.createSourceFile(path, file.code, ts.ScriptTarget.ES2022)
      : getSourceFile(path, ...rest);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const problems = ts.getPreEmitDiagnostics(program).map((problem) => {
    const { file, start = 0, messageText } = problem;
    const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
    const name = file ? (files.get(file.fileName)?.name ?? file.fileName) : "";
    return `${name} + ${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  assert.deepEqual(problems, []);
});

test("Rust compiles for wasm32", async () => {
  const blocks = written("rust");
  assert.ok(blocks.length >= 1);
  const folder = join(workDir, "readme");
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "src"), { recursive: true });
  // The versions that the crate itself is built with; --offline keeps them.
  await cp(inRoot("Cargo.lock"), join(folder, "Cargo.lock"));
  await writeFile(
    join(folder, "Cargo.toml"),
    `[package]
name = "readme"
version = "0.0.0"
edition = "2024"

[dependencies]
cognito-signout = { path = ${JSON.stringify(root)} }
js-sys = { version = "0.3", default-features = false }
wasm-bindgen = { version = "0.2", default-features = false }

[workspace]
`,
  );
  const modules = blocks.map(
    ({ name, code }, i) => `// ${name}\npub mod snippet_${i} {\n${code}}\n`,
  );
  await writeFile(join(folder, "src/lib.rs"), modules.join("\n"));
  const args = "check --quiet --offline --target wasm32-unknown-unknown";
  const { code, output } = await run(
    "cargo",
    [...args.split(" "), "--manifest-path", join(folder, "Cargo.toml")],
    {
      echo: false,
      // What the other checks have compiled already need not be compiled again.
      env: { CARGO_TARGET_DIR: inRoot("target") },
    },
  );
  assert.equal(code, 0, output);
});
