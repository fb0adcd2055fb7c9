// Where the present version is published, by package.json.
import { readFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";

const own = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));

/** @type {string} */
export const version = own.version;
/** The address of the docs site. @type {string} */
export const homepage = own.homepage;
/** The address of the repository. @type {string} */
export const repository = own.repository.url.replace(/^git\+|\.git$/g, "");

/**
 * The address of a file or folder in the repository: of its newest version, as in README.md and in the package's messages.
 * @param {string} path
 * @param {boolean} [isFolder]
 */
export const inRepository = (path, isFolder = false) =>
  `${repository}/${isFolder ? "tree" : "blob"}/main/${path}`;
