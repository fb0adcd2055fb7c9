// Until the package is on npm, `npm install` in an example takes it from a tarball: the example's own package-lock.json says so, which git
// ignores.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { inRoot, root } from "./paths.mjs";

const NAME = "cognito-signout";

/** The names of the examples that install the package from npm; those in Rust don't. */
export async function examples() {
  const names = await readdir(inRoot("examples"));
  return names
    .filter((name) => existsSync(inRoot("examples", name, "package.json")))
    .sort();
}

/** @param {string} path */
const json = async (path) => JSON.parse(await readFile(path, "utf8"));

/**
 * Has `npm install` in a folder install the package from a tarball.
 * @param {string} folder an example's, or that of its copy
 * @param {string} tarball
 */
export async function prepare(folder, tarball) {
  const file = join(folder, "package-lock.json");
  const { name, dependencies, devDependencies } = await json(
    join(folder, "package.json"),
  );
  const lock = existsSync(file)
    ? await json(file)
    : {
        name,
        lockfileVersion: 3,
        requires: true,
        packages: { "": { name, dependencies, devDependencies } },
      };
  const bytes = await readFile(tarball);
  lock.packages[`node_modules/${NAME}`] = {
    version: (await json(join(root, "package.json"))).version,
    resolved: `file:${relative(folder, tarball).replaceAll(sep, "/")}`,
    // When the tarball has changed, npm installs it again.
    integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
  };
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
}
