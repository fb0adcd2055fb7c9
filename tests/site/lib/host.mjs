// Serves site/dist as GitHub Pages does: below the path of the homepage, and a page's `.html` may be left out.
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { listen } from "../../../scripts/lib/listen.mjs";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { homepage } from "../../../scripts/lib/release.mjs";
import { typeOf } from "../../apps/lib/serve.mjs";

export const dist = inRoot("site/dist");
export const base = new URL(homepage).pathname;

/**
 * The file that a path stands for.
 * @param {string} pathname
 * @returns {string | undefined}
 */
export function fileAt(pathname) {
  if (!pathname.startsWith(base)) return undefined;
  const path = join(dist, decodeURIComponent(pathname.slice(base.length)));
  return [path, `${path}.html`, join(path, "index.html")].find(
    (file) => existsSync(file) && statSync(file).isFile(),
  );
}

/** @returns {Promise<{ origin: string, close: () => Promise<void> }>} */
export const host = () =>
  listen(
    createServer((request, response) => {
      const file = fileAt(new URL(request.url ?? "/", "http://host").pathname);
      if (!file) {
        response.writeHead(404).end();
        return;
      }
      readFile(file).then(
        (body) =>
          response.writeHead(200, { "content-type": typeOf(file) }).end(body),
        () => response.writeHead(500).end(),
      );
    }),
  );
