import { createControl } from "./control/control.js";
import { Faults } from "./faults/faults.js";
import { createHandler } from "./handler.js";
import { createHostedUI } from "./hosted-ui/index.js";
import { BrowserConnections } from "./http/browser-connections.js";
import { Pool } from "./pool/pool.js";
import { RequestLog } from "./request-log.js";

/** @import { StartOptions } from "./types.d.ts" */

/**
 * A local Cognito that listens at no port yet: `handler` answers the requests.
 * @param {string} origin which the pool's tokens carry
 * @param {StartOptions} [options]
 * @param {string} [httpsOrigin]
 */
export async function createService(origin, options = {}, httpsOrigin) {
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
  const handler = createHandler({ parts, control, hostedUI, onRequest });
  return { pool, hostedUI, control, handler };
}
