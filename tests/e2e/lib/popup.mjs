// Popups are watched by polling: a test that is to go on after the next look has to see it.

/**
 * In the page: counts as `globalThis.looks` how often the package asks the popups that it opens whether they are closed. It stands alone.
 */
export function countLooks() {
  const { open } = globalThis;
  globalThis.looks = 0;
  globalThis.open = (...args) => {
    /** @type {any} */
    const popup = open.apply(globalThis, args);
    return new Proxy(/** @type {any} */ ({}), {
      get(_, name) {
        if (name === "closed") globalThis.looks++;
        const value = popup[name];
        return typeof value === "function" ? value.bind(popup) : value;
      },
      set(_, name, value) {
        popup[name] = value;
        return true;
      },
    });
  };
}
