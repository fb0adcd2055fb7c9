import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  // The package as it is published; this folder is no part of it, so its own name does not resolve by itself.
  resolve: { alias: { "cognito-signout": here("../dist/index.js") } },
  server: { host: "localhost", port: 5173, strictPort: true },
  preview: { host: "localhost", port: 5173, strictPort: true },
  build: { outDir: here("dist"), emptyOutDir: true },
});
