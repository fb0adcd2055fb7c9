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

/** Whether it is a DOM event, or a library's over one. @param {any} options */
export function isEvent(options) {
  try {
    // Not its value: a proxy may have one for every name.
    return (
      "nativeEvent" in options || typeof options.preventDefault === "function"
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
