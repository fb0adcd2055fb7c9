// What the engine reads, removes and hears while sign-outs are under way: it is all that is known of them once it broke.
import type { Ledger } from "./emergency.js";
import type { Entry } from "./layouts.js";

/** As the engine numbers them. */
const READ = 0;
const REMOVED = 1;

interface Note {
  readonly kind: number;
  readonly name: string;
  readonly value: string;
}

export class Notes {
  #notes: Note[] = [];
  #signOuts = 0;

  /** What the engine calls. */
  readonly note = (kind: number, name: string, value: string) => {
    if (this.#signOuts) this.#notes.push({ kind, name, value });
  };

  /** A sign-out begins. Returns the number of notes that there are, to tell what came after. */
  open(): number {
    this.#signOuts++;
    return this.#notes.length;
  }

  close() {
    if (!--this.#signOuts) this.#notes = [];
  }

  /** How many notes there are. */
  get count(): number {
    return this.#notes.length;
  }

  /**
   * What of it is one sign-out's, by the keys of its client.
   *
   * @param from - how many notes there were when it began
   * @param returned - and when its call returned, if it has: it may have joined an earlier one then, which has removed all
   * @param isAtOnce - the call itself read all
   */
  of(
    isWanted: (key: string) => boolean,
    from: number,
    returned: number | undefined,
    isAtOnce: boolean,
  ): Ledger {
    const until = isAtOnce ? returned : undefined;
    const part = (from: number) => {
      const ours = this.#notes
        .map((note, at) => ({ ...note, at }))
        .filter(({ name, at }) => at >= from && isWanted(name));
      const first = ours.find(({ kind }) => kind === REMOVED)?.at ?? Infinity;
      const read = new Map<string, Entry>();
      for (const { kind, name, value, at } of ours)
        if (kind === READ && at < first && at < (until ?? Infinity))
          read.set(`${name}\0${value}`, [name, value]);
      const removed = new Set(
        ours.filter(({ kind }) => kind === REMOVED).map(({ name }) => name),
      );
      const before = [...read.values()];
      return { before, gone: before.filter(([name]) => removed.has(name)) };
    };
    const own = part(from);
    const { before, gone } =
      returned !== undefined && !own.gone.length ? part(0) : own;
    return {
      before,
      gone,
      isPast: returned !== undefined && (isAtOnce || before.length > 0),
      isRevoked: (token) =>
        this.#answered("revokeToken", from).some(
          ({ value }) => value === token,
        ),
    };
  }

  /** Whether a request was answered that a sign-out has no other one of. Beside another sign-out it can't be told whose it was. */
  isAnswered(call: "globalSignOut" | "forgetDevice", from: number): boolean {
    return this.#signOuts === 1 && this.#answered(call, from).length > 0;
  }

  #answered(call: string, from: number): Note[] {
    return this.#notes
      .slice(from)
      .filter(({ kind, name }) => kind > REMOVED && name === call);
  }
}
