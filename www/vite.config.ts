import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Manifest {
  version: string;
  homepage?: string;
  repository: { url: string };
}
const manifest = (path: string) =>
  JSON.parse(readFileSync(path, "utf8")) as Manifest;

const own = manifest(here("../package.json"));
const amplify = manifest(
  createRequire(import.meta.url).resolve("aws-amplify/package.json"),
);
const repository = own.repository.url.replace(/^git\+|\.git$/g, "");

export default defineConfig({
  root: here("."),
  plugins: [
    {
      // The addresses that the page links to are those of the package.
      name: "links",
      transformIndexHtml: (html) =>
        html
          .replaceAll("%REPOSITORY%", repository)
          .replaceAll("%DOCS%", own.homepage ?? `${repository}#readme`),
    },
  ],
  define: {
    "import.meta.env.OWN_VERSION": JSON.stringify(own.version),
    "import.meta.env.AMPLIFY_VERSION": JSON.stringify(amplify.version),
  },
  // The package as it is published; this folder is no part of it, so its own name does not resolve by itself.
  resolve: {
    alias: [
      { find: /^cognito-signout$/, replacement: here("../dist/index.js") },
      {
        find: /^cognito-signout\/([\w-]+)$/,
        replacement: `${here("../dist")}/$1.js`,
      },
    ],
  },
  server: { host: "localhost", port: 5173, strictPort: true },
  preview: { host: "localhost", port: 5173, strictPort: true },
  build: {
    outDir: here("dist"),
    emptyOutDir: true,
    rolldownOptions: { input: [here("index.html"), here("app.html")] },
  },
});
