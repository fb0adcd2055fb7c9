// The tarball, installed into a fresh Vite app and built: once for each tarball.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { withLock } from "../../../scripts/lib/lock.mjs";
import { packed } from "../../../scripts/lib/pack.mjs";
import { inRoot, workDir } from "../../../scripts/lib/paths.mjs";
import { must } from "../../../scripts/lib/run.mjs";

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
