// npm run bench [-- size|speed]: what the package weighs, and where it goes, written to bench/size.json; how fast it is beside
// other libraries, written to bench/speed.md.
import { writeFile } from "node:fs/promises";
import { inRoot } from "./lib/paths.mjs";
import { Failure, main } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

/** @param {import("./lib/stamp.mjs").Sizes} sizes */
async function size(sizes) {
  const { engineWeight } = await import("./lib/weight.mjs");
  const engine = await engineWeight();
  console.log("\nThe engine before its names are stripped, in bytes:");
  for (const [owner, bytes] of Object.entries(engine))
    console.log(`${String(bytes).padStart(9)}  ${owner}`);
  await writeFile(
    inRoot("bench/size.json"),
    `${JSON.stringify({ sizes, engine }, null, 2)}\n`,
  );
}

await main(async () => {
  const [only, ...more] = process.argv.slice(2);
  if (more.length > 0 || !["size", "speed", undefined].includes(only))
    throw new Failure("Usage: npm run bench [-- size|speed]");
  await setup({ browsers: only === "size" ? [] : ["chromium"] });
  const { build } = await import("./lib/build.mjs");
  const sizes = await build();
  if (only !== "speed") await size(sizes);
  if (only !== "size") {
    const { speed } = await import("../bench/speed.mjs");
    await speed();
  }
});
