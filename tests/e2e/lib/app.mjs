// The tarball, installed into a fresh Vite app and built: once for each tarball.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { withLock } from "../../../scripts/lib/lock.mjs";
import { distDir, inRoot, workDir } from "../../../scripts/lib/paths.mjs";
import { must } from "../../../scripts/lib/run.mjs";

/** @param {string} path */
const changedAt = async (path) => (await stat(path)).mtimeMs;

/** The tarball of the present `dist/`; `npm test` has made it already. */
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

/**
 * @typedef {object} App
 * @property {string} tarball
 * @property {string} root the app's own folder
 * @property {string} dist what Vite built
 * @property {string} installed the package in the app's node_modules
 */

/** @returns {Promise<App>} */
export async function builtApp() {
  const tarball = await packed();
  const template = inRoot("tests/apps/vite");
  const hash = createHash("sha256").update(await readFile(tarball));
  for (const name of (await readdir(template)).sort())
    hash.update(name).update(await readFile(join(template, name)));
  const root = join(workDir, "apps", hash.digest("hex").slice(0, 16));
  const app = {
    tarball,
    root,
    dist: join(root, "dist"),
    installed: join(root, "node_modules/cognito-signout"),
  };
  await withLock("apps", async () => {
    const done = join(root, ".done");
    if (existsSync(done)) return;
    // Only the newest is kept.
    await rm(join(workDir, "apps"), { recursive: true, force: true });
    await cp(template, root, { recursive: true });
    await must(
      "npm",
      [
        "install",
        "--offline",
        "--no-save",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        tarball,
      ],
      { cwd: root },
    );
    await build({ root, logLevel: "warn", configFile: false });
    await writeFile(done, "");
  });
  return app;
}
