import { readFile } from "node:fs/promises";
import { inRoot } from "./paths.mjs";
import { Failure } from "./run.mjs";

/**
 * The version of a package in Cargo.lock.
 * @param {string} name
 */
export async function lockedVersion(name) {
  const lock = await readFile(inRoot("Cargo.lock"), "utf8");
  const version = new RegExp(
    `^name = "${name}"\nversion = "([^"]+)"`,
    "m",
  ).exec(lock)?.[1];
  if (version === undefined)
    throw new Failure(`Cargo.lock does not name ${name}.`);
  return version;
}
