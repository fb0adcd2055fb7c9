// Runs before `npm pack` and `npm publish`: what is packed must have been built, and from these sources.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { distDir } from "./lib/paths.mjs";
import { Failure, main } from "./lib/run.mjs";
import { freshBuild } from "./lib/stamp.mjs";

await main(async () => {
  if (!existsSync(join(distDir, "index.js"))) {
    throw new Failure("There is no dist/ to pack: run `npm run build` first.");
  }
  if (!(await freshBuild())) {
    throw new Failure(
      "dist/ was not built from the present sources: run `npm run build` first.",
    );
  }
});
