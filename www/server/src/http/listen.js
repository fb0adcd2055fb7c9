import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";

/** @import { RequestListener, Server } from "node:http" */
/** @typedef {{ key: string, cert: string }} Certificate */

/**
 * @param {Server} server
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number>} the port
 */
function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** @param {unknown} error @param {string} code */
function is(error, code) {
  return error instanceof Error && "code" in error && error.code === code;
}

/**
 * Servers on both loopback addresses, at one port: browsers try `localhost` as either.
 * @param {number} port 0 picks a free one
 * @param {RequestListener} listener
 * @param {Certificate} [certificate] for https
 */
export async function listenOnLoopback(port, listener, certificate) {
  const create = () => {
    const server = certificate
      ? createSecureServer(certificate, listener)
      : createServer(listener);
    // Node's 5 s would close a connection just as a test uses it again.
    server.keepAliveTimeout = 60_000;
    return server;
  };
  for (let attempt = 1; ; attempt += 1) {
    const v4 = create();
    const v6 = create();
    try {
      const chosen = await listen(v4, port, "127.0.0.1");
      const servers = [v4];
      try {
        await listen(v6, chosen, "::1");
        servers.push(v6);
      } catch (error) {
        // A machine without IPv6 is fine; someone else at that port is not.
        if (is(error, "EADDRINUSE")) throw error;
      }
      return { port: chosen, servers };
    } catch (error) {
      v4.close();
      if (is(error, "EADDRINUSE") && port === 0 && attempt < 5) continue;
      throw new Error(describe(error, port), { cause: error });
    }
  }
}

/** @param {unknown} error @param {number} port */
function describe(error, port) {
  if (is(error, "EADDRINUSE")) return `Port ${port} is already in use.`;
  if (is(error, "EACCES")) return `Port ${port} may not be used by this user.`;
  return `Can't listen on port ${port}.`;
}
