// What the documents say of names and files is so.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { firstColumn, GUIDES, read } from "./markdown.mjs";

const DOCUMENTS = [
  ...GUIDES,
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
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

const guide = await read("docs/guide.md");

test("the options in the guide are those of SignOutOptions", () => {
  assert.deepEqual(
    firstColumn(guide, "## Options").sort(),
    members("SignOutOptions")
      .filter((name) => name !== "oauth")
      .sort(),
  );
});

test("the settings in the guide are those of the configuration", () => {
  assert.deepEqual(
    firstColumn(guide, "## Configuration")
      .filter((name) => !name?.includes("."))
      .sort(),
    [
      ...new Set([...members("CognitoConfig"), ...members("OwnSettings")]),
    ].sort(),
  );
});

test("the codes in the guide are those of AuthErrorCode", () => {
  const union = types.statements
    .filter((statement) => ts.isTypeAliasDeclaration(statement))
    .find(({ name }) => name.text === "AuthErrorCode");
  const codes = [...(union?.getText(types) ?? "").matchAll(/\| "(\w+)"/g)];
  assert.deepEqual(
    firstColumn(guide, "## Errors").sort(),
    codes.map(([, code]) => code).sort(),
  );
});

test("each code in the types links to its section of the errors page", async () => {
  const page = await read("docs/errors.md");
  const { repository } = JSON.parse(await read("package.json"));
  const url = repository.url.replace(/^git\+|\.git$/g, "");
  const link = `${url}/blob/main/docs/errors.md#`;
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
  assert.ok((await read("dist/index.js")).includes(`${link}`));
});

for (const document of DOCUMENTS) {
  test(`${document}: every link, path and npm script is there`, async () => {
    const text = await read(document);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)];
    const paths = [
      ...text.matchAll(
        /`((?:src|js|scripts|www|tests|bench|docs)\/[\w./-]*\w\/?)`/g,
      ),
    ];
    for (const [, path = ""] of [...links, ...paths])
      assert.ok(
        existsSync(inRoot(path)) ||
          existsSync(inRoot(posix.join(posix.dirname(document), path))),
        path,
      );
    const { scripts } = JSON.parse(await read("package.json"));
    for (const [, script = ""] of text.matchAll(/`npm run ([\w-]+)/g))
      assert.ok(script in scripts, script);
  });
}
