import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** @param {...string} parts a path below the project's folder */
export const inRoot = (...parts) => join(root, ...parts);

/** Tools that the set-up installs: kept between runs, ignored by git. */
export const toolsDir = inRoot(".tools");
/** What the build makes on the way: ignored by git. */
export const workDir = inRoot(".build");
/** What is published: ignored by git. */
export const distDir = inRoot("dist");

/** @param {string} name a program that cargo installed */
export const tool = (name) =>
  join(toolsDir, "bin", process.platform === "win32" ? `${name}.exe` : name);
