import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./paths.mjs";

/**
 * @param {string} path
 * @returns {Promise<Record<string, { version?: string, link?: boolean, optional?: boolean }>>}
 */
async function lockedPackages(path) {
  return JSON.parse(await readFile(path, "utf8")).packages;
}

/**
 * Whether node_modules holds what package-lock.json names; npm notes there what it installed.
 * @param {string} [folder] where both are
 */
export async function npmPackagesAreInstalled(folder = root) {
  const noted = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(noted)) return false;
  const [wanted, installed] = await Promise.all([
    lockedPackages(join(folder, "package-lock.json")),
    lockedPackages(noted),
  ]);
  return Object.entries(wanted)
    .filter(([path]) => path.includes("node_modules/"))
    .every(([path, { version, link, optional }]) => {
      const found = installed[path];
      if (link) return existsSync(join(folder, path));
      // Optional packages are for other processors and systems.
      return found ? found.version === version : optional === true;
    });
}
