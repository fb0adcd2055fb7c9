// npm run build [-- --force]: makes dist/, the published package.
import { main } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

await main(async () => {
  await setup();
  const { build, checkSize } = await import("./lib/build.mjs");
  checkSize(await build({ force: process.argv.includes("--force") }));
});
