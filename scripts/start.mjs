// npm start: the demo, against a local Cognito, both on this machine until Ctrl-C.
import { createServer as createProbe } from "node:net";
import { inRoot } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

/**
 * @param {number} first
 * @returns {Promise<number>} the first port from there on that nobody listens on
 */
const freePort = (first) =>
  new Promise((resolve) => {
    const probe = createProbe();
    probe.on("error", () => resolve(freePort(first + 1)));
    probe.listen(first, "localhost", () => probe.close(() => resolve(first)));
  });

await main(async () => {
  await setup();
  const { build } = await import("./lib/build.mjs");
  await build();

  // The local Cognito has to know the page's address, and the page the local Cognito's.
  const port = await freePort(5173);
  const page = `http://localhost:${port}/`;
  const { startLocalCognito } = await import("cognito-signout-dev");
  const cognito = await startLocalCognito({
    port: await freePort(9229),
    callbackUrls: [page],
    logoutUrls: [page],
  });
  process.env.VITE_COGNITO_ORIGIN = cognito.origin;
  const { createServer } = await import("vite");
  const vite = await createServer({
    root: inRoot("www"),
    server: { port },
    logLevel: "warn",
  });
  await vite.listen();

  const stop = async () => {
    await Promise.all([vite.close(), cognito.close()]);
    process.exit();
  };
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
  console.log(`
  The demo:       ${page}
  Local Cognito:  ${cognito.origin}

Ctrl-C ends both.`);
});
