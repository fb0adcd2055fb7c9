// Serves the built app under every path, as hosts of single-page apps do.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { listen } from "../../../scripts/lib/listen.mjs";

const WORKER = new URL("worker.mjs", import.meta.url);

/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** Paths below these get one more header. @type {Record<string, Record<string, string>>} */
const HEADERS = {
  "/csp/": {
    "content-security-policy":
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http://localhost:*",
  },
  "/trusted/": {
    "content-security-policy":
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http://localhost:*; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  },
  "/no-wasm/": {
    "content-security-policy":
      "default-src 'self'; script-src 'self'; connect-src 'self' http://localhost:*",
  },
  "/coop/": { "cross-origin-opener-policy": "same-origin" },
  "/coop-popups/": {
    "cross-origin-opener-policy": "same-origin-allow-popups",
  },
  ...Object.fromEntries(
    ["no-referrer", "same-origin", "origin"].map((policy) => [
      `/${policy}/`,
      { "referrer-policy": policy },
    ]),
  ),
};

/** @param {string} html */
const withSetup = (html) =>
  html.replace("<head>", '<head><script src="/setup.js"></script>');

/** @param {string} pathname */
const headersOf = (pathname) =>
  Object.entries(HEADERS).find(([path]) => pathname.startsWith(path))?.[1];

/**
 * @param {import("./app.mjs").App} app
 * @param {() => string} [setup] the script that each page runs before the app, for browsers that can't be told to run one
 * @param {(pathname: string, response: import("node:http").ServerResponse) => boolean | Promise<boolean>} [first] is asked
 *   before: true where it has answered
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function serve({ dist, installed }, setup, first) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname.endsWith("/moved")) {
      const location = pathname.replace(/moved$/, "landing");
      response.writeHead(302, { ...headersOf(pathname), location }).end();
      return;
    }
    const answer = async () => {
      if (await first?.(pathname, response)) return undefined;
      if (pathname === "/blank") return { type: ".html", body: "" };
      if (pathname === "/worker.js")
        return { type: ".js", body: await readFile(WORKER) };
      if (setup && pathname === "/setup.js")
        return { type: ".js", body: setup() };
      // The package without a bundler, as a second copy of it.
      const file = pathname.startsWith("/package/")
        ? join(installed, "dist", normalize(pathname.slice(8)))
        : extname(pathname)
          ? join(dist, normalize(pathname))
          : join(dist, "index.html");
      const body = await readFile(file);
      return setup && file.endsWith(".html")
        ? { type: ".html", body: withSetup(String(body)) }
        : { type: extname(file), body };
    };
    answer().then(
      (found) => {
        if (!found) return;
        response.writeHead(200, {
          "content-type": TYPES[found.type] ?? "application/octet-stream",
          // A sandboxed frame has no origin of its own, and modules are fetched with CORS.
          "access-control-allow-origin": "*",
          ...headersOf(pathname),
        });
        response.end(found.body);
      },
      () => response.writeHead(404).end(),
    );
  });
  return listen(server);
}
