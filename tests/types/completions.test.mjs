// What an editor offers at first contact, by TypeScript's own language service: the package's own names, each with its
// documentation, and nothing of other shapes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { root } from "../../scripts/lib/paths.mjs";

const FILE = join(root, "tests/types/first-contact.ts");

/**
 * What is offered at the bar in a piece of code.
 * @param {string} code
 * @param {boolean} [documented] each has to have its documentation
 */
function offered(code, documented = true) {
  const text = code.replace("|", "");
  /** @type {ts.LanguageServiceHost} */
  const host = {
    getCompilationSettings: () => ({
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      strict: true,
      types: [],
    }),
    getScriptFileNames: () => [FILE],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const found = name === FILE ? text : ts.sys.readFile(name);
      return found === undefined
        ? undefined
        : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === FILE || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
  };
  const service = ts.createLanguageService(host);
  const at = code.indexOf("|");
  const found = service.getCompletionsAtPosition(FILE, at, {})?.entries ?? [];
  // As an editor lists them.
  const key = (/** @type {ts.CompletionEntry} */ { sortText, name }) =>
    `${sortText} ${name}`;
  const entries = found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  for (const { name } of documented ? entries : []) {
    const details = service.getCompletionEntryDetails(
      ...[FILE, at, name, {}, undefined, undefined, undefined],
    );
    const words = ts.displayPartsToString(details?.documentation);
    assert.ok(words.length > 10, `${name} has no documentation`);
  }
  return entries.map(({ name }) => name);
}

const SETTINGS = [
  "allowInsecureEndpoint",
  "cookie",
  "hostedUI",
  "identityPoolId",
  "logger",
  "storage",
  "tokenRevocation",
  "userPoolEndpoint",
];
const IDS = ["userPoolClientId", "userPoolId"];
const OPTIONS = [
  "appState",
  "forgetDevice",
  "global",
  "hostedUI",
  "navigate",
  "oauth",
  "popupTimeoutMs",
  "redirectUrl",
  "retryWhenOnline",
  "signal",
  "timeoutMs",
];

for (const name of ["configure", "createClient"]) {
  const start = `import { ${name} } from "cognito-signout";\n${name}`;

  test(`${name}({ offers the own shape, what is required first`, () => {
    assert.deepEqual(offered(`${start}({ | });`), [...IDS, ...SETTINGS]);
  });

  test(`${name}({ offers the rest of the own shape, whatever is there`, () => {
    const rest = (/** @type {string[]} */ ...given) =>
      [...IDS, ...SETTINGS].filter((each) => !given.includes(each));
    assert.deepEqual(
      offered(`${start}({ userPoolId: "a", | });`),
      rest("userPoolId"),
    );
    assert.deepEqual(
      offered(`${start}({ storage: "session", | });`),
      rest("storage"),
    );
    assert.deepEqual(
      offered(`${start}({ userPoolId: "a", userPoolClientId: "b", | });`),
      rest(...IDS),
    );
    assert.deepEqual(offered(`${start}({ ho| });`), [...IDS, ...SETTINGS]);
  });

  test(`${name}({ ...fromAmplify(outputs), offers the package's own settings`, () => {
    const names = offered(
      `import { ${name}, fromAmplify } from "cognito-signout";
declare const outputs: { auth: { user_pool_id: string; user_pool_client_id: string } };
${name}({ ...fromAmplify(outputs), | });`,
    );
    for (const setting of SETTINGS) assert.ok(names.includes(setting), setting);
    assert.ok(names.length <= SETTINGS.length + IDS.length, `${names}`);
  });
}

test("signOut({ offers the options, and nothing of events", () => {
  const start = 'import { signOut } from "cognito-signout";\nvoid signOut';
  assert.deepEqual(offered(`${start}({ | });`), OPTIONS);
  assert.deepEqual(offered(`${start}({ ho| });`), OPTIONS);
  assert.deepEqual(
    offered(`${start}({ global: true, | });`),
    OPTIONS.filter((name) => name !== "global"),
  );
});

test("the shapes of others are offered where they are asked for", () => {
  const start = 'import * as it from "cognito-signout";\nit.';
  const amplify = offered(`${start}fromAmplify({ | });`, false);
  for (const name of ["Auth", "auth", "aws_user_pools_id"])
    assert.ok(amplify.includes(name), name);
  assert.ok(!amplify.includes("client_id"));
  const oidc = offered(`${start}fromOidcSettings({ | });`, false);
  assert.deepEqual(oidc.slice(0, 2), ["authority", "client_id"]);
  assert.ok(!oidc.includes("Auth"));
});
