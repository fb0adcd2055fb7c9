// npm run build [-- --force]: makes dist/, the published package.
import { main } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

await main(async () => {
  await setup();
  const { build } = await import("./lib/build.mjs");
  await build({ force: process.argv.includes("--force") });
});
