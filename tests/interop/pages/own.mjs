/** What an app of one's own may keep the tokens in: none of the places where they are looked for anyway. */
export const own = {
  getItem: (/** @type {string} */ key) => localStorage.getItem(`own:${key}`),
  setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
    localStorage.setItem(`own:${key}`, value),
  removeItem: (/** @type {string} */ key) =>
    localStorage.removeItem(`own:${key}`),
  clear: () => {},
};
