import { listenOnLoopback } from "./http/listen.js";
import { selfSigned } from "./http/self-signed.js";
import { CLIENT_ID, USER_POOL_ID } from "./pool/pool.js";
import { createService } from "./service.js";

/** @import { RequestListener, Server } from "node:http" */
/** @import { LocalCognito, StartOptions } from "./types.d.ts" */

/** @type {(options?: StartOptions) => Promise<LocalCognito>} */
export async function startLocalCognito(options = {}) {
  /** @type {RequestListener} */
  let handler = () => {};
  // The origin is known once a port is taken.
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
    const service = await createService(origin, options, httpsOrigin);
    handler = service.handler;
    return {
      origin,
      ...(httpsOrigin ? { httpsOrigin } : {}),
      issuer: service.pool.issuer,
      userPoolId: USER_POOL_ID,
      clientId: CLIENT_ID,
      control: service.control,
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
