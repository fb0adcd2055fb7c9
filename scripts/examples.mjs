// npm run examples: packs the package as it is here, and has `npm install` in each example install that.
import { relative } from "node:path";
import { examples, prepare } from "./lib/examples.mjs";
import { packed } from "./lib/pack.mjs";
import { inRoot, root } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

await main(async () => {
  await setup();
  const { build } = await import("./lib/build.mjs");
  await build();
  const tarball = await packed();
  console.log(`\nPacked ${relative(root, tarball)}.`);
  for (const name of await examples()) {
    await prepare(inRoot("examples", name), tarball);
    console.log(
      `Wrote examples/${name}/package-lock.json: npm install takes the package from there.`,
    );
  }
  console.log(
    "Next: `npm run cognito` here, and `npm install` in an example, as its README says.",
  );
});
