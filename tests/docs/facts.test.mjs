// What the documents say of names and files is so.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { anchors, firstColumn, GUIDES, read } from "./markdown.mjs";

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

const [features, configuration] = await Promise.all(
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

for (const document of DOCUMENTS) {
  test(`${document}: every link, path and npm script is there`, async () => {
    const text = await read(document);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
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
    for (const [, path = "", anchor] of links.filter(([, , anchor]) => anchor))
      assert.ok(
        anchors(
          path === ""
            ? text
            : await read(posix.join(posix.dirname(document), path)),
        ).includes(anchor ?? ""),
        `${path}#${anchor}`,
      );
    const { scripts } = JSON.parse(await read("package.json"));
    for (const [, script = ""] of text.matchAll(/`npm run ([\w-]+)/g))
      assert.ok(script in scripts, script);
  });
}
