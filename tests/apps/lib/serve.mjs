// Serves the files of a folder as a plain static host does.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { listen } from "../../../scripts/lib/listen.mjs";

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

/** @param {string} path */
export const typeOf = (path) =>
  TYPES[extname(path)] ?? "application/octet-stream";

/**
 * @param {string} folder
 * @param {{ fallback?: string }} [options] what a host gives for a page that it has no file for, as apps with a router need it
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function serveFolder(folder, { fallback } = {}) {
  const server = createServer((request, response) => {
    const { pathname: asked } = new URL(request.url ?? "/", "http://localhost");
    const pathname = fallback && !extname(asked) ? fallback : asked;
    const path = join(
      folder,
      normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname),
    );
    readFile(path).then(
      (body) => {
        response.writeHead(200, { "content-type": typeOf(path) }).end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  return listen(server);
}
