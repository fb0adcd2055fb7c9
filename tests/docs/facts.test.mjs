// What the documents say of names and files is so.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { posix } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { inRoot } from "../../scripts/lib/paths.mjs";
import {
  inRepository,
  repository,
  version,
} from "../../scripts/lib/release.mjs";
import { anchors, firstColumn, GUIDES, read } from "./markdown.mjs";

const DOCUMENTS = [
  ...GUIDES,
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "RELEASING.md",
  "SECURITY.md",
  "www/README.md",
  "www/server/README.md",
  ...(await readdir(inRoot("examples"))).map(
    (name) => `examples/${name}/README.md`,
  ),
];

const types = ts.createSourceFile(
  "index.d.ts",
  await read("dist/index.d.ts"),
  ts.ScriptTarget.ES2022,
);

/**
 * The names of an interface's own members.
 * @param {string} name
 */
function members(name) {
  const found = types.statements
    .filter((statement) => ts.isInterfaceDeclaration(statement))
    .find((statement) => statement.name.text === name);
  assert.ok(found, name);
  return found.members.map((member) => member.name?.getText(types));
}

const [features = "", configuration = ""] = await Promise.all(
  ["features", "configuration"].map((name) => read(`docs/guide/${name}.md`)),
);

test("the options in the guide are those of SignOutOptions", () => {
  assert.deepEqual(
    firstColumn(features, "## Options").sort(),
    members("SignOutOptions")
      .filter((name) => name !== "oauth")
      .sort(),
  );
});

test("the settings in the guide are those of the configuration", () => {
  assert.deepEqual(
    firstColumn(configuration, "## Settings")
      .filter((name) => !name?.includes("."))
      .sort(),
    [
      ...new Set([...members("CognitoConfig"), ...members("OwnSettings")]),
    ].sort(),
  );
});

test("the texts in the guide are those of describe", async () => {
  const [, texts = ""] =
    /interface DescribeTexts \{(.*?)^\}/ms.exec(
      await read("dist/describe.d.ts"),
    ) ?? [];
  assert.deepEqual(
    firstColumn(features, "## Texts for your users"),
    [...texts.matchAll(/^ +(\w+): string;/gm)].map(([, name]) => name),
  );
});

test("the codes in the guide are those of AuthErrorCode", () => {
  const union = types.statements
    .filter((statement) => ts.isTypeAliasDeclaration(statement))
    .find(({ name }) => name.text === "AuthErrorCode");
  const codes = [...(union?.getText(types) ?? "").matchAll(/\| "(\w+)"/g)];
  assert.deepEqual(
    firstColumn(features, "## Errors").sort(),
    codes.map(([, code]) => code).sort(),
  );
});

/** What the package carries: npm, CDNs and node_modules have no other file of the repository. */
const CARRIED = ["README.md", "CHANGELOG.md"];

for (const document of CARRIED)
  test(`${document}: each link and image works wherever it is shown`, async () => {
    const text = await read(document);
    const targets = [
      ...text.matchAll(/\]\(([^)]+)\)|^\[[\w-]+\]:\s+(\S+)$|<(https:[^>]+)>/gm),
    ].map(([, ...urls]) => urls.find(Boolean) ?? "");
    assert.ok(targets.length >= 5);
    const raw = repository.replace("github.com", "raw.githubusercontent.com");
    for (const target of targets) {
      if (target.startsWith("#")) {
        assert.ok(anchors(text).includes(target.slice(1)), target);
        continue;
      }
      assert.match(target, /^https:\/\//);
      const at = [inRepository(""), `${raw}/main/`].find((start) =>
        target.startsWith(start),
      );
      if (!at) {
        assert.doesNotMatch(target, /\/(?:blob|tree|raw)\/|^https:\/\/raw\./);
        continue;
      }
      const [file = "", anchor] = target.slice(at.length).split("#");
      assert.ok(existsSync(inRoot(file)), target);
      if (anchor) assert.ok(anchors(await read(file)).includes(anchor), target);
    }
    for (const [, label = ""] of text.matchAll(/\]\[([\w-]+)\]/g))
      assert.match(text, new RegExp(`^\\[${label}\\]:`, "m"));
  });

test("the README is short", async () => {
  assert.ok((await read("README.md")).trimEnd().split("\n").length < 150);
});

test("npm and crates.io are told the same addresses", async () => {
  const own = JSON.parse(await read("package.json"));
  const cargo = await read("Cargo.toml");
  assert.match(cargo, new RegExp(`^homepage = "${own.homepage}"$`, "m"));
  assert.match(cargo, new RegExp(`^repository = "${repository}"$`, "m"));
  assert.equal(own.bugs.url, `${repository}/issues`);
});

test("each code in the types links to its section of the errors page", async () => {
  const page = await read("docs/errors.md");
  const link = inRepository("docs/errors.md#");
  const union = types.statements
    .filter((statement) => ts.isTypeAliasDeclaration(statement))
    .find(({ name }) => name.text === "AuthErrorCode");
  const found = [
    ...(union?.getText(types) ?? "").matchAll(
      /\* (https:\S+)\n +\*\/\n +\| "(\w+)"/g,
    ),
  ];
  const sections = [...page.matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code);
  assert.deepEqual(
    found.map(([, url, code]) => [url, code]),
    sections.map((code) => [`${link}${code?.toLowerCase()}`, code]),
  );
  // What the package prints leads there too.
  assert.ok((await read("dist/index.js")).includes(link));
});

test("what names a version of the package names this one", async () => {
  /** @type {[string, string | undefined][]} */
  const named = [];
  for (const document of GUIDES)
    for (const [, of] of (await read(document)).matchAll(
      /(?:cognito-signout@|^\| cognito-signout +\| )(\d[^/ ]*)/gm,
    ))
      if (of) named.push([document, of]);
  assert.ok(named.length >= 4);
  assert.deepEqual(
    named.filter(([, of]) => of !== version),
    [],
  );
});

test("no line of prose is longer than a reader's editor is wide", async () => {
  /** @type {string[]} */
  const long = [];
  for (const document of DOCUMENTS) {
    const prose = (await read(document)).replaceAll(/^```.*?^```$/gms, "");
    for (const line of prose.split("\n"))
      // Tables, addresses and long commands can't be broken.
      if (line.length >= 100 && !/^\||\S{60,}|`[^`]{60,}`/.test(line))
        long.push(`${document}: ${line}`);
  }
  assert.deepEqual(long, []);
});

for (const document of DOCUMENTS) {
  test(`${document}: every link, path and npm script is there`, async () => {
    const text = await read(document);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const paths = [
      ...text.matchAll(
        /`((?:src|js|scripts|site|www|tests|bench|docs|examples)\/[\w./-]*\w\/?)`/g,
      ),
    ];
    for (const [, path = ""] of [...links, ...paths])
      assert.ok(
        existsSync(inRoot(path)) ||
          existsSync(inRoot(posix.join(posix.dirname(document), path))),
        path,
      );
    for (const [, path = "", anchor] of links.filter(([, , anchor]) => anchor))
      assert.ok(
        anchors(
          path === ""
            ? text
            : await read(posix.join(posix.dirname(document), path)),
        ).includes(anchor ?? ""),
        `${path}#${anchor}`,
      );
    const manifests = await Promise.all(
      ["", posix.dirname(document)]
        .map((folder) => posix.join(folder, "package.json"))
        .filter((path) => existsSync(inRoot(path)))
        .map(async (path) => JSON.parse(await read(path))),
    );
    const scripts = Object.assign(
      {},
      ...manifests.map(({ scripts }) => scripts),
    );
    for (const [, script = ""] of text.matchAll(/`npm run ([\w-]+)/g))
      assert.ok(script in scripts, script);
  });
}
