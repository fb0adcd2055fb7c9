// npm run site: makes the docs site, in site/dist.
import { main } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

await main(async () => {
  await setup();
  const { build } = await import("./lib/build.mjs");
  const { site } = await import("./lib/site.mjs");
  await build();
  await site();
  console.log("The site is in site/dist.");
});
