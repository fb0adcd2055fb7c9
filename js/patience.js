// How long the engine may take: one that takes longer hangs, and is thrown away.
import { watched } from "./engine.js";
import { asks, milliseconds, waitMs } from "./options.js";

// The contract's bounds: what the engine may take at the most, in addition to timeoutMs and popupTimeoutMs.
const STORAGE_MS = 5000;
export const LEAVING_MS = 31000;
export const SLACK_MS = 1000;
// Any other call: a lock, two requests and a few reads and writes of an asynchronous storage, each of them bounded.
export const CALL_MS = 60000;

let underway = 0;
/** How long the most patient of the sign-outs under way may take, in milliseconds. */
let most = 0;

/**
 * A sign-out of the engine, watched. It may have joined another, whose popup is still open: that one's time is its own too.
 * @param {() => Promise<any>} ask
 * @param {any} options
 */
export function bounded(ask, options) {
  underway++;
  // Past this a timer fires at once.
  most = Math.min(Math.max(most, longest(options)), 2 ** 31 - 1);
  return watched(ask, most).finally(() => {
    if (!--underway) most = 0;
  });
}

/**
 * How long the engine may take for a sign-out at the most, in milliseconds.
 * @param {any} options
 */
export function longest(options) {
  const hosted = asks(options, "hostedUI");
  return (
    waitMs(options) +
    STORAGE_MS +
    LEAVING_MS +
    (hosted === "popup" ? milliseconds(options, "popupTimeoutMs", 60000) : 0) +
    SLACK_MS
  );
}
