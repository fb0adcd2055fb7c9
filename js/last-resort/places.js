// The places of a page where sessions lie: its web storages, and the cookies that scripts can see.

/**
 * A web storage, where the page may use it.
 * @param {"localStorage" | "sessionStorage"} name
 * @returns {Storage | undefined}
 */
export function webStorage(name) {
  try {
    return globalThis[name] ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * A place where sessions lie.
 * @typedef {object} Place
 * @property {string} name what `storage` in the configuration calls it
 * @property {object} storage what may be given instead
 * @property {() => string[]} names
 * @property {(name: string) => string | null} read
 * @property {(name: string) => void} remove
 * @property {(name: string, value: string) => void} write
 */

/** @param {any} config @returns {Place[]} */
export function placesOf(config) {
  /** @type {Place[]} */
  const places = [];
  for (const name of /** @type {const} */ (["local", "session"])) {
    const storage = webStorage(`${name}Storage`);
    if (storage)
      places.push({
        name,
        storage,
        // Not Object.keys, which looks at every value: with thousands of foreign keys that takes four times as long.
        names: () => Object.getOwnPropertyNames(storage),
        read: (key) => storage.getItem(key),
        remove: (key) => storage.removeItem(key),
        write: (key, value) => storage.setItem(key, value),
      });
  }
  if (globalThis.document) places.push(cookies(config.cookie));
  return places;
}

/** Those that scripts can see. @param {any} options @returns {Place} */
function cookies(options) {
  const all = () =>
    document.cookie.split(/; ?/).map((text) => {
      const [raw = "", ...value] = text.split("=");
      return { raw, name: plain(raw), value: plain(value.join("=")) };
    });
  /** @param {string} key @param {string} rest */
  const put = (key, rest) => {
    for (const { raw, name } of all())
      if (name === key)
        for (const domain of [
          "",
          options?.domain && `; domain=${options.domain}`,
        ])
          document.cookie = `${raw}=${rest}; path=${options?.path ?? "/"}${domain ?? ""}`;
  };
  return {
    name: "cookie",
    storage: document,
    names: () => all().map(({ name }) => name),
    read: (key) => all().find(({ name }) => name === key)?.value ?? null,
    remove: (key) => put(key, "; max-age=0"),
    write: (key, value) => put(key, encodeURIComponent(value)),
  };
}

/** @param {string} text */
function plain(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
