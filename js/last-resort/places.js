// The places of a page where sessions lie: its web storages, and the cookies that scripts can see.
import { cookieOf } from "./settings.js";

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
 * @property {(name: string) => string[]} readAll cookies may have one name several times
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
        readAll: (key) => [storage.getItem(key) ?? ""],
        remove: (key) => storage.removeItem(key),
        write: (key, value) => storage.setItem(key, value),
      });
  }
  if (globalThis.document) places.push(cookies(cookieOf(config)));
  return places;
}

/** Those that scripts can see. @param {ReturnType<typeof cookieOf>} options @returns {Place} */
function cookies({ domain, path }) {
  const all = () =>
    document.cookie.split(/; ?/).map((text) => {
      const [raw = "", ...value] = text.split("=");
      return { raw, name: plain(raw), value: plain(value.join("=")) };
    });
  /** @param {string} key @param {string} rest @param {string[]} paths @param {string[]} domains */
  const put = (key, rest, paths = [path], domains = [domain]) => {
    for (const { raw, name } of all())
      if (name === key)
        for (const path of paths)
          for (const domain of ["", ...domains])
            document.cookie = `${raw}=${rest}${path && `; path=${path}`}${domain ? `; domain=${domain}` : ""}`;
  };
  /** @param {string} key */
  const remove = (key) => {
    // As the engine does it: every path and domain that the page sees, without attributes, for a frame, and partitioned.
    const folders = location.pathname.split("/");
    const paths = folders.flatMap((_, i) => {
      const path = folders.slice(0, i + 1).join("/");
      return [path, `${path}/`];
    });
    const domains = location.hostname
      .split(".")
      .map((_, i, parts) => parts.slice(i).join("."));
    const frame = "; samesite=none; secure";
    for (const rest of ["", frame, `${frame}; partitioned`])
      put(key, `; max-age=0${rest}`, [path, ...paths], [domain, ...domains]);
  };
  return {
    name: "cookie",
    storage: document,
    names: () => all().map(({ name }) => name),
    read: (key) => all().find(({ name }) => name === key)?.value ?? null,
    readAll: (key) =>
      all()
        .filter(({ name }) => name === key)
        .map(({ value }) => value),
    remove,
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
