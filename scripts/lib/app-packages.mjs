// The bundlers, frameworks and test runners of tests/apps: installed once, in a folder above all of the sample apps.
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { npmPackagesAreInstalled } from "./npm.mjs";
import { inRoot, toolsDir } from "./paths.mjs";
import { must } from "./run.mjs";

/** The folder that the sample apps are made in. */
export const appsDir = join(toolsDir, "apps");

/** Installs what `tests/apps/package-lock.json` names, if it is not there. */
export const installAppPackages = () =>
  withLock("app-packages", async () => {
    await mkdir(appsDir, { recursive: true });
    for (const name of ["package.json", "package-lock.json"])
      await copyFile(inRoot("tests/apps", name), join(appsDir, name));
    await copyFile(inRoot(".npmrc"), join(appsDir, ".npmrc"));
    if (await npmPackagesAreInstalled(appsDir)) return;
    console.log("Installing the packages of tests/apps, once.");
    // No scripts: native programs come inside packages, and what a script would download is not needed.
    await must("npm", ["ci", "--ignore-scripts"], {
      cwd: appsDir,
      label: "npm",
    });
  });
