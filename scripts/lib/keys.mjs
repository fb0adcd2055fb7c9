// The names of the keys to remove, for the last resort of js/: read from the Rust code, so that there is one list.
import { readFile } from "node:fs/promises";
import { inRoot } from "./paths.mjs";
import { Failure } from "./run.mjs";

/**
 * @param {RegExp} pattern with one group
 * @param {string} source
 */
function group(pattern, source) {
  const found = pattern.exec(source)?.[1];
  if (found === undefined)
    throw new Failure(`src/layout has nothing like ${pattern}.`);
  return found;
}

/**
 * The texts of a list in Rust; names of constants count as what they stand for.
 * @param {string} name
 * @param {string} source
 */
const list = (name, source) =>
  [
    ...group(
      new RegExp(`const ${name}: \\[&str; \\d+\\] = \\[([^\\]]*)\\]`),
      source,
    )
      .replaceAll(/\/\/.*$/gm, "")
      .matchAll(/"([^"]*)"|([A-Z_]+)/g),
  ].map(
    ([, text, constant]) =>
      text ?? group(new RegExp(`const ${constant}: &str = "([^"]*)"`), source),
  );

/** @returns {Promise<string>} a module */
export async function keysModule() {
  const [layout, amplify, oidc] = await Promise.all(
    ["src/layout.rs", "src/layout/amplify.rs", "src/layout/oidc_client.rs"].map(
      (path) => readFile(inRoot(path), "utf8"),
    ),
  );
  if (!layout || !amplify || !oidc) throw new Failure("src/layout is empty.");
  const user = list("USER", amplify);
  const ofSession = Number(group(/const OF_SESSION: usize = (\d+)/, amplify));
  const guest = [
    ...group(/(fn guest_keys[^]*?\n\})/, layout).matchAll(
      /keys\.push\(\[([^\]]*)\]\.concat/g,
    ),
  ].map(([, parts = ""]) =>
    [...parts.matchAll(/"([^"]*)"|pool/g)]
      .map(([, text]) => text ?? "*")
      .join(""),
  );
  const names = {
    PREFIX: group(/"(CognitoIdentityServiceProvider\.)"/, amplify),
    OIDC: group(/const PREFIX: &str = "([^"]*)"/, oidc),
    CLIENT: list("CLIENT", amplify),
    SESSION: user.slice(0, ofSession),
    DEVICE: user.slice(ofSession),
    SHARED: list("SHARED", layout),
    GUEST: guest,
  };
  return Object.entries(names)
    .map(
      ([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`,
    )
    .join("");
}
