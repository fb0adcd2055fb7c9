import { setTimeout as sleep } from "node:timers/promises";

/** @import { ServerResponse } from "node:http" */
/** @import { Fault } from "../types.d.ts" */
/** @import { Answer } from "./exchange.js" */

/**
 * Sends an answer, or, as the fault has it, not all of it.
 * @param {ServerResponse} response
 * @param {Answer} answer
 * @param {Pick<Fault, "slowBody" | "cutBody">} fault
 */
export async function deliver(response, answer, { slowBody, cutBody }) {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    "content-length": String(body.length),
  });
  const pieces = slowBody ? cut(body, slowBody.bytes) : [body];
  response.flushHeaders();
  let left = cutBody ?? Infinity;
  for (const piece of pieces) {
    if (slowBody) await sleep(slowBody.everyMs);
    if (response.destroyed) return;
    await write(response, piece.subarray(0, left));
    left -= piece.length;
    if (left < 0) break;
  }
  if (cutBody === undefined) response.end();
  else response.destroy();
}

/** @param {Buffer} body @param {number} size */
function cut(body, size) {
  return Array.from({ length: Math.ceil(body.length / size) }, (_, index) =>
    body.subarray(index * size, (index + 1) * size),
  );
}

/** @param {ServerResponse} response @param {Buffer} piece @returns {Promise<void>} */
function write(response, piece) {
  return new Promise((resolve) => {
    response.write(piece, () => resolve());
  });
}
