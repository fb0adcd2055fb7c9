// What callers hand over, read once: into plain values that no getter, proxy or later change of theirs can alter.

/** A plain object whose fields nobody knows yet. */
export type Plain = Readonly<Record<string, unknown>>;

/** How many classes may stand behind one another: a proxy may claim any number. */
const HOPS = 9;

export const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null;

/**
 * Whether it is what an event handler is called with: an event, or an object that holds one, as menus have it. An object with an option
 * of ours in it holds options.
 */
export function isEvent(given: unknown): boolean {
  try {
    if (isOneEvent(given)) return true;
    const names = Object.keys(given as object);
    return (
      isObject(given) &&
      !names.some((name) => OPTIONS.includes(name)) &&
      names.some((name) => isOneEvent(of(given, name)))
    );
  } catch {
    return false;
  }
}

/** As src/options.rs reads them. */
const OPTIONS = [
  "global",
  "hostedUI",
  "redirectUrl",
  "navigate",
  "timeoutMs",
  "popupTimeoutMs",
  "signal",
  "forgetDevice",
  "retryWhenOnline",
  "appState",
  "oauth",
];

/** Whether it is a DOM event, or a library's over one. */
function isOneEvent(value: unknown): boolean {
  try {
    const event = value as Plain;
    return (
      // Not its value: a proxy may have one for every name.
      "nativeEvent" in event ||
      typeof event.preventDefault === "function" ||
      // React Aria's press event has nothing else of an event.
      (typeof event.type === "string" && typeof event.target === "object")
    );
  } catch {
    return false;
  }
}

/**
 * A copy of a configuration, of options or tokens. What is no plain object inside of it (a storage, a signal, a date), or has functions
 * (a logger), stays what it is. A field whose getter throws throws the same again, so that the engine names it.
 */
export function copyOf(
  given: unknown,
  copies = new Map<unknown, unknown>(),
): unknown {
  try {
    if (!isObject(given) || copies.has(given))
      return copies.get(given) ?? given;
    const isInside = copies.size > 0;
    if (Array.isArray(given)) {
      const list: unknown[] = [];
      copies.set(given, list);
      for (const item of given as unknown[]) list.push(copyOf(item, copies));
      return list;
    }
    const parent: unknown = Object.getPrototypeOf(given);
    const isPlain = !parent || !Object.getPrototypeOf(parent);
    if (isInside && !isPlain) return given;
    const copy = {};
    copies.set(given, copy);
    let from: object | null = given;
    // The settings may be of a class, with getters.
    for (let hops = 0; from && (!hops || Object.getPrototypeOf(from)); hops++) {
      if (hops > HOPS) return given;
      for (const name of Object.getOwnPropertyNames(from)) {
        if (hops && name in copy) continue;
        const field: PropertyDescriptor = {
          enumerable: !hops && {}.propertyIsEnumerable.call(from, name),
          configurable: true,
        };
        try {
          const value = (given as Plain)[name];
          if (isInside && typeof value === "function") {
            copies.set(given, given);
            return given;
          }
          field.value = copyOf(value, copies);
        } catch (thrown) {
          field.get = () => {
            throw thrown;
          };
        }
        Object.defineProperty(copy, name, field);
      }
      from = Object.getPrototypeOf(from) as object | null;
    }
    return copy;
  } catch {
    // A proxy that tells nothing: the engine says so.
    return given;
  }
}

/** What an act gives; undefined where it throws. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** A field, whatever its getter does. */
export const of = (object: unknown, name: string): unknown =>
  attempt(() => (object as Plain | undefined)?.[name]);

/** The longest time that a timer takes; past it, it fires at once. */
export const LONGEST_MS = 2 ** 31 - 1;

/** A time that was given, in milliseconds: how long to wait for all that is remote together. */
export function waitMs(
  options: unknown,
  name = "timeoutMs",
  usual = 5000,
): number {
  const value = of(options, name);
  return typeof value === "number" && value >= 0
    ? Math.min(value, LONGEST_MS)
    : usual;
}
