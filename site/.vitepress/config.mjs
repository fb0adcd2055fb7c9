// The docs site: the pages of docs/, as they are. `npm run site` builds it.
import { statSync } from "node:fs";
import { posix } from "node:path";
import { defineConfig } from "vitepress";
import { inRoot } from "../../scripts/lib/paths.mjs";
import {
  homepage,
  inRepository,
  repository,
} from "../../scripts/lib/release.mjs";
import { slugOf } from "../slug.mjs";
import { sidebar } from "./sidebar.mjs";

/** @import { MarkdownRenderer } from "vitepress" */

/** The pages of other tools, which `npm run site` puts beside these: a whole page load. */
const REFERENCES = [
  { text: "TypeScript", link: "/reference/typescript/", target: "_self" },
  {
    text: "Rust",
    link: "/reference/rust/cognito_signout/",
    target: "_self",
  },
];

/**
 * A link to a file that is no page of the site leads to the repository.
 * @param {MarkdownRenderer} md
 */
function linkToRepository(md) {
  md.core.ruler.push("repository", ({ tokens, env }) => {
    const folder = posix.dirname(posix.join("docs", env.relativePath));
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet("href");
      if (token.type !== "link_open" || !href?.startsWith("..")) continue;
      const path = posix.join(folder, href);
      if (!path.startsWith("docs/") || path.startsWith("docs/api"))
        token.attrSet("href", inRepository(path, isFolder(path)));
    }
  });
}

/** @param {string} path */
const isFolder = (path) =>
  statSync(inRoot(path.replace(/#.*/, ""))).isDirectory();

/**
 * A snippet that is a piece of a file has the file's name above it.
 * @param {MarkdownRenderer} md
 */
function nameFiles(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, at, ...rest) => {
    const [, file] = tokens[at]?.info.split(" ") ?? [];
    const name = file ? `<p class="file">${md.utils.escapeHtml(file)}</p>` : "";
    return name + fence?.(tokens, at, ...rest);
  };
}

export default defineConfig({
  lang: "en",
  title: "cognito-signout",
  description:
    "Signs a user of Amazon Cognito out of a browser app, completely, and says truthfully what happened",
  base: new URL(homepage).pathname,
  srcDir: "../docs",
  // The reports of the API are made for reviewers.
  srcExclude: ["api/**"],
  outDir: "dist",
  cacheDir: "../.build/vitepress",
  cleanUrls: true,
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    // `<clientId>` in a text is text.
    html: false,
    anchor: { slugify: slugOf },
    theme: {
      light: "github-light-high-contrast",
      dark: "github-dark-high-contrast",
    },
    config(md) {
      linkToRepository(md);
      nameFiles(md);
    },
  },
  themeConfig: {
    nav: [
      { text: "Guide", link: "/guide/start", activeMatch: "/guide/" },
      { text: "Compared", link: "/comparison" },
      {
        text: "Reference",
        items: [
          ...REFERENCES,
          { text: "Errors", link: "/errors" },
          { text: "Keys", link: "/keys" },
        ],
      },
    ],
    sidebar: sidebar(REFERENCES),
    outline: [2, 3],
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: repository }],
    footer: { message: "Apache-2.0 or MIT, at your choice" },
  },
});
