import { createControl } from "./control/control.js";
import { Faults } from "./faults/faults.js";
import { createHandler } from "./handler.js";
import { createHostedUI } from "./hosted-ui/index.js";
import { BrowserConnections } from "./http/browser-connections.js";
import { listenOnLoopback } from "./http/listen.js";
import { selfSigned } from "./http/self-signed.js";
import { CLIENT_ID, Pool, USER_POOL_ID } from "./pool/pool.js";
import { RequestLog } from "./request-log.js";

/** @import { RequestListener, Server } from "node:http" */
/** @import { LocalCognito, StartOptions } from "./types.d.ts" */

/** @type {(options?: StartOptions) => Promise<LocalCognito>} */
export async function startLocalCognito(options = {}) {
  /** @type {RequestListener} */
  let handler = () => {};
  // The origin, which the pool's tokens carry, is known once a port is taken.
  /** @type {RequestListener} */
  const listener = (request, response) => handler(request, response);

  const plain = await listenOnLoopback(options.port ?? 0, listener);
  const secure =
    options.httpsPort === undefined
      ? undefined
      : await listenOnLoopback(options.httpsPort, listener, selfSigned()).catch(
          async (error) => {
            await close(plain.servers);
            throw error;
          },
        );
  const servers = [...plain.servers, ...(secure?.servers ?? [])];
  try {
    const origin = `http://localhost:${plain.port}`;
    const httpsOrigin = secure && `https://localhost:${secure.port}`;
    const pool = new Pool(origin, options);
    const hostedUI = await createHostedUI(pool);
    const parts = {
      pool,
      faults: new Faults(),
      log: new RequestLog(),
      hostedUI: hostedUI.storage,
      httpsOrigin,
      connections: new BrowserConnections(),
    };
    const control = createControl(parts);
    const { onRequest } = options;
    handler = createHandler({ parts, control, hostedUI, onRequest });
    return {
      origin,
      ...(httpsOrigin ? { httpsOrigin } : {}),
      issuer: pool.issuer,
      userPoolId: USER_POOL_ID,
      clientId: CLIENT_ID,
      control,
      close: () => close(servers),
    };
  } catch (error) {
    await close(servers);
    throw error;
  }
}

/** @param {Server[]} servers */
async function close(servers) {
  const closed = servers.map(
    (server) => new Promise((resolve) => server.close(resolve)),
  );
  for (const server of servers) server.closeAllConnections();
  await Promise.all(closed);
}
