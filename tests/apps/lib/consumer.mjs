// A sample app: its template, copied into a fresh folder, with the tarball installed as users install it.
import { execFile, spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import {
  appsDir,
  installAppPackages,
} from "../../../scripts/lib/app-packages.mjs";
import { packed } from "../../../scripts/lib/pack.mjs";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { must } from "../../../scripts/lib/run.mjs";

const execute = promisify(execFile);

const NOT_OF_GIT =
  /^(?:node_modules|package-lock\.json|dist|build|\.next|\.angular)$/;

/**
 * Makes an app. Its bundler or framework is in the `node_modules` of the folder above.
 * @param {string} name
 * @param {{ templates?: string[] }} [options] folders of the repository; a later one's files replace an earlier one's
 * @returns {Promise<string>} its folder
 */
export async function consumer(
  name,
  { templates = ["tests/apps/page", `tests/apps/${name}`] } = {},
) {
  await installAppPackages();
  const tarball = await packed();
  const folder = join(appsDir, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const template of templates)
    await cp(inRoot(template), folder, {
      recursive: true,
      // An example may have been installed and built where it is.
      filter: (path) => !NOT_OF_GIT.test(basename(path)),
    });
  await must(
    "npm",
    [
      "install",
      "--offline",
      "--ignore-scripts",
      "--no-save",
      "--no-package-lock",
      tarball,
    ],
    { cwd: folder },
  );
  return folder;
}

/**
 * Runs the program of a package of `tests/apps/package.json` in an app, quietly; what it said is thrown if it fails.
 * @param {string} folder the app's
 * @param {string} program its path below node_modules
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function runIn(folder, program, args, env = {}) {
  try {
    return await execute(
      process.execPath,
      [join(appsDir, "node_modules", program), ...args],
      {
        cwd: folder,
        env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: "1", ...env },
        maxBuffer: 2 ** 26,
      },
    );
  } catch (error) {
    const { stdout, stderr } = /** @type {any} */ (error);
    throw new Error(
      `${program} ${args.join(" ")} failed:\n${stdout}${stderr}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Starts a server of an app, and waits until it says where it is.
 * @param {string} folder
 * @param {string} program its path below node_modules
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ origin: string, said: () => string, close: () => Promise<void> }>}
 */
export function serverIn(folder, program, args, env = {}) {
  const child = spawn(
    process.execPath,
    [join(appsDir, "node_modules", program), ...args],
    {
      cwd: folder,
      env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  const gone = new Promise((resolve) => child.on("close", resolve));
  const close = async () => {
    child.kill();
    await gone;
  };
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk) => {
        said += chunk;
        const [origin] = /http:\/\/localhost:\d+/.exec(said) ?? [];
        if (origin) resolve({ origin, said: () => said, close });
      });
    child.on("error", reject);
    void gone.then(() => reject(new Error(`${program} ended:\n${said}`)));
  });
}

/**
 * Has the files of an app import another entry of the package.
 * @param {string} folder
 * @param {string} entry
 * @param {string[]} files
 */
export async function importFrom(folder, entry, files) {
  for (const file of files) {
    const path = join(folder, file);
    const code = await readFile(path, "utf8");
    await writeFile(
      path,
      code.replace('"cognito-signout"', () => `"${entry}"`),
    );
  }
}

/**
 * Points the page of an app to what its bundler made.
 * @param {string} folder
 * @param {string} script in place of the page's own
 * @param {string} [name] of the page that this makes
 */
export async function pageWith(folder, script, name = "index.html") {
  const html = await readFile(join(folder, "index.html"), "utf8");
  await writeFile(
    join(folder, name),
    html.replace(/<script.*<\/script>/, () => script),
  );
}
