import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { root } from "./paths.mjs";

/**
 * All files below a folder (or the file itself), sorted; none if it is not there.
 * @param {string} path
 * @returns {Promise<string[]>}
 */
export async function filesBelow(path) {
  try {
    const entries = await readdir(path, {
      recursive: true,
      withFileTypes: true,
    });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") return [path];
    throw error;
  }
}

/**
 * One hash over names and contents.
 * @param {string[]} paths files and folders
 * @param {string} [base] the folder that names are relative to
 */
export async function fingerprint(paths, base = root) {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of await filesBelow(path)) {
      hash.update(`\0${relative(base, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}
