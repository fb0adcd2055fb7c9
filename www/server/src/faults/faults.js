import { checkFault } from "./check-fault.js";

/** @import { ActiveFault, Fault, RequestFilter } from "../types.d.ts" */
/** @import { Identity } from "../http/identify.js" */

/** The faults in force, oldest first. */
export class Faults {
  /** @type {ActiveFault[]} */
  #active = [];
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
      if (fault.left === 0) this.remove(fault.id);
    }
    return fault;
  }

  /** @returns {ActiveFault[]} */
  list() {
    return this.#active.map((fault) => ({ ...fault }));
  }

  /** @param {number} id @returns {boolean} whether there was one */
  remove(id) {
    const before = this.#active.length;
    this.#active = this.#active.filter((fault) => fault.id !== id);
    return this.#active.length < before;
  }

  /** @param {RequestFilter} [filter] */
  clear({ operation, clientId } = {}) {
    this.#active = this.#active.filter(
      (fault) =>
        (operation !== undefined && fault.operation !== operation) ||
        (clientId !== undefined && fault.clientId !== clientId),
    );
  }

  /** Whether some fault drops connections. */
  get dropping() {
    return this.#active.some((fault) => fault.drop);
  }
}
