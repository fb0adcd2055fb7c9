// The options of a sign-out, read by the face itself.

/**
 * An option, whatever its getter does.
 * @param {any} options
 * @param {string} name
 */
export function asks(options, name) {
  try {
    return options?.[name];
  } catch {
    return undefined;
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

/**
 * Whether it is what an event handler is called with: an event, or an object that holds one, as menus have it. An object with an option
 * of ours in it holds options.
 * @param {any} given
 */
export function isEvent(given) {
  try {
    if (isOneEvent(given)) return true;
    const names = Object.keys(given);
    return (
      typeof given === "object" &&
      !OPTIONS.some((name) => names.includes(name)) &&
      names.some((name) => isOneEvent(asks(given, name)))
    );
  } catch {
    return false;
  }
}

/** Whether it is a DOM event, or a library's over one. @param {any} value */
function isOneEvent(value) {
  try {
    return (
      // Not its value: a proxy may have one for every name.
      "nativeEvent" in value ||
      typeof value.preventDefault === "function" ||
      // React Aria's press event has nothing else of an event.
      (typeof value.type === "string" && typeof value.target === "object")
    );
  } catch {
    return false;
  }
}

/** How long to wait for all that is remote together. @param {any} options */
export const waitMs = (options) => milliseconds(options, "timeoutMs", 5000);

/**
 * @param {any} options
 * @param {string} name
 * @param {number} usual
 */
export function milliseconds(options, name, usual) {
  const value = asks(options, name);
  return typeof value === "number" && value >= 0 ? value : usual;
}
