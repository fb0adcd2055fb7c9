// npm run bench: what the package weighs, and where it goes; written to bench/size.json.
import { writeFile } from "node:fs/promises";
import { inRoot } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

await main(async () => {
  await setup();
  const { build } = await import("./lib/build.mjs");
  const { engineWeight } = await import("./lib/weight.mjs");
  const sizes = await build();
  const engine = await engineWeight();
  console.log("\nThe engine before its names are stripped, in bytes:");
  for (const [owner, bytes] of Object.entries(engine))
    console.log(`${String(bytes).padStart(9)}  ${owner}`);
  await writeFile(
    inRoot("bench/size.json"),
    `${JSON.stringify({ sizes, engine }, null, 2)}\n`,
  );
});
