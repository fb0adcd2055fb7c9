// What the tests of the documents read out of them.
import { readdir, readFile } from "node:fs/promises";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { slugOf } from "../../site/slug.mjs";

/**
 * @typedef {object} Snippet
 * @property {string} name the document and the line
 * @property {string} language
 * @property {string | undefined} file where it is from, as its first line says behind the language
 * @property {string} code
 */

/** What users read. */
export const GUIDES = [
  "README.md",
  ...(await readdir(inRoot("docs"), { recursive: true }))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    // The reports of the API are made for reviewers.
    .filter((path) => path.endsWith(".md") && !path.startsWith("docs/api/"))
    .sort(),
];

/**
 * @param {string} document its path in the repository
 * @returns {Promise<string>}
 */
export const read = (document) => readFile(inRoot(document), "utf8");

/**
 * The fenced blocks of a document.
 * @param {string} document
 * @returns {Promise<Snippet[]>}
 */
export async function snippets(document) {
  const text = await read(document);
  return [...text.matchAll(/^```(\w+)(?: (.+?))?\n(.*?)^```$/gms)].map(
    (match) => ({
      name: `${document}:${text.slice(0, match.index).split("\n").length + 1}`,
      language: match[1] ?? "",
      file: match[2],
      code: match[3] ?? "",
    }),
  );
}

/**
 * The anchors of a document's headings, as GitHub makes them.
 * @param {string} text
 */
export function anchors(text) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => {
    const slug = slugOf(heading);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/**
 * The first column of the first table below a heading, without its code quotes.
 * @param {string} text
 * @param {string} heading
 */
export function firstColumn(text, heading) {
  const section = text.split(`\n${heading}\n`)[1] ?? "";
  const table = /(?:^\|.*\n)+/m.exec(section)?.[0] ?? "";
  return [...table.matchAll(/^\| `([\w.]+)` +\|/gm)].map(([, cell]) => cell);
}
