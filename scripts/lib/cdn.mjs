// Makes dist/cdn.md: the import maps for the CDNs that serve each npm package, with the hashes of the very files beside it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { integrityOf } from "./engine.mjs";
import { version } from "./release.mjs";

/** Where each has the files of this version. */
const CDNS = {
  unpkg: `https://unpkg.com/cognito-signout@${version}/dist`,
  jsDelivr: `https://cdn.jsdelivr.net/npm/cognito-signout@${version}/dist`,
};

/** The entries that a page without a bundler imports. */
const FOR_PAGES = ["index", "describe"];

/**
 * @param {string} dist the folder
 * @param {string[]} entries the package's
 * @param {string[]} chunks the names of the files that the entries import
 */
export async function cdnPage(dist, entries, chunks) {
  const names = FOR_PAGES.filter((name) => entries.includes(name));
  const hashes = await Promise.all(
    [...names, ...chunks].map(async (name) => [
      `${name}.js`,
      integrityOf(await readFile(join(dist, `${name}.js`))),
    ]),
  );
  const blocks = Object.entries(CDNS).map(([cdn, base]) => {
    const map = {
      imports: Object.fromEntries(
        names.map((name) => [
          name === "index" ? "cognito-signout" : `cognito-signout/${name}`,
          `${base}/${name}.js`,
        ]),
      ),
      integrity: Object.fromEntries(
        hashes.map(([file, hash]) => [`${base}/${file}`, hash]),
      ),
    };
    const text = JSON.stringify(map, null, 2).replaceAll(/^/gm, "  ");
    return `${cdn}:

\`\`\`html
<script type="importmap">
${text}
</script>
\`\`\`
`;
  });
  return `${blocks.join("\n")}
Then, in a module script of the page:

\`\`\`html
<script type="module">
  import { configure, signOut } from "cognito-signout";
</script>
\`\`\`
`;
}
