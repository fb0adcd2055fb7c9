/**
 * Lets a server listen on this machine, on a port that is free.
 * @param {import("node:http").Server} server
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function listen(server) {
  await new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(undefined)),
  );
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("no port");
  return {
    origin: `http://localhost:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
