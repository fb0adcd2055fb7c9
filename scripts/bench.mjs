// npm run bench: writes what the package weighs to bench/size.json.
import { writeFile } from "node:fs/promises";
import { inRoot } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";
import { freshBuild } from "./lib/stamp.mjs";
import { setup } from "./setup.mjs";

await main(async () => {
  await setup();
  const { build } = await import("./lib/build.mjs");
  await build();
  await writeFile(
    inRoot("bench/size.json"),
    `${JSON.stringify(await freshBuild(), null, 2)}\n`,
  );
});
