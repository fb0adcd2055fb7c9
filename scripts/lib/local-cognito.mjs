import { readFile } from "node:fs/promises";
import { inRoot } from "./paths.mjs";
import { must } from "./run.mjs";

/** @param {string} file */
const readJson = async (file) => JSON.parse(await readFile(file, "utf8"));

/** Whether the packages are there that the local Cognito imports. */
async function isInstalled() {
  const { dependencies } = await readJson(inRoot("www/server/package.json"));
  for (const [name, version] of Object.entries(dependencies)) {
    const file = inRoot("node_modules", name, "package.json");
    const installed = await readJson(file).catch(() => undefined);
    if (installed?.version !== version) return false;
  }
  return true;
}

/** Installs what the local Cognito needs, and nothing that only its tests need. */
export async function installLocalCognito() {
  if (await isInstalled()) return;
  const only = ["--workspace", "cognito-signout-dev", "--omit", "dev"];
  await must("npm", ["ci", ...only], { label: "npm" });
}
