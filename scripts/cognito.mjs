// npm run cognito [-- <options>]: the local Cognito, until Ctrl-C. It needs Node and npm alone.
import { installLocalCognito } from "./lib/local-cognito.mjs";
import { main } from "./lib/run.mjs";

await main(async () => {
  await installLocalCognito();
  const cli = await import("../www/server/src/cli.js");
  process.exitCode = await cli.main(process.argv.slice(2));
});
