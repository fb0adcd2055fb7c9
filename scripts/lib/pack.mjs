// The tarball of the present `dist/`, as npm publishes it.
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { distDir, inRoot, workDir } from "./paths.mjs";
import { must } from "./run.mjs";

/** @param {string} path */
const changedAt = async (path) => (await stat(path)).mtimeMs;

/** Packs `dist/`, unless that was done already. @returns {Promise<string>} the tarball's path */
export const packed = () =>
  withLock("pack", async () => {
    const { version } = JSON.parse(
      await readFile(inRoot("package.json"), "utf8"),
    );
    const tarball = join(workDir, `cognito-signout-${version}.tgz`);
    const built = await changedAt(join(distDir, "index.js"));
    if (!existsSync(tarball) || (await changedAt(tarball)) < built)
      await must("npm", ["pack", "--pack-destination", workDir]);
    return tarball;
  });
