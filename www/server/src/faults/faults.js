import { setTimeout as sleep } from "node:timers/promises";

import { checkFault } from "./check-fault.js";

/** @import { ActiveFault, Fault, RequestFilter } from "../types.d.ts" */
/** @import { Identity } from "../http/identify.js" */

/** The faults in force, oldest first. */
export class Faults {
  /** @type {ActiveFault[]} */
  #active = [];
  /** What faults hold back. @type {Set<{ fault: ActiveFault, stop: AbortController }>} */
  #held = new Set();
  #lastId = 0;

  /** @param {Fault} fault @returns {ActiveFault} */
  add(fault) {
    const checked = checkFault(fault);
    this.#lastId += 1;
    const left = checked.times ?? null;
    const active = { ...checked, id: this.#lastId, seen: 0, left };
    this.#active.push(active);
    return { ...active };
  }

  /** The fault that applies to a request, counted as met. @param {Identity} request @returns {ActiveFault | undefined} */
  take({ operation, clientId }) {
    const fault = this.#active.find(
      (candidate) =>
        (candidate.operation === operation || candidate.operation === "*") &&
        (candidate.clientId === undefined || candidate.clientId === clientId),
    );
    if (!fault) return undefined;
    fault.seen += 1;
    if (fault.left !== null) {
      fault.left -= 1;
      // What it holds back stays so.
      if (fault.left === 0)
        this.#active = this.#active.filter((other) => other !== fault);
    }
    return fault;
  }

  /** Waits for so long, or until the fault is removed. @param {ActiveFault} fault @param {number} ms */
  async hold(fault, ms) {
    const held = { fault, stop: new AbortController() };
    this.#held.add(held);
    const { signal } = held.stop;
    await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
    this.#held.delete(held);
  }

  /** @param {(fault: ActiveFault) => boolean} goes @returns {boolean} whether one went */
  #remove(goes) {
    const held = [...this.#held].filter(({ fault }) => goes(fault));
    for (const { stop } of held) stop.abort();
    const before = this.#active.length;
    this.#active = this.#active.filter((fault) => !goes(fault));
    return held.length > 0 || this.#active.length < before;
  }

  /** @returns {ActiveFault[]} */
  list() {
    return this.#active.map((fault) => ({ ...fault }));
  }

  /** Lets go of what it holds back, too. @param {number} id @returns {boolean} whether there was one */
  remove(id) {
    return this.#remove((fault) => fault.id === id);
  }

  /** @param {RequestFilter} [filter] */
  clear({ operation, clientId } = {}) {
    this.#remove(
      (fault) =>
        (operation === undefined || fault.operation === operation) &&
        (clientId === undefined || fault.clientId === clientId),
    );
  }

  /** Whether some fault drops connections. */
  get dropping() {
    return this.#active.some((fault) => fault.drop);
  }
}
