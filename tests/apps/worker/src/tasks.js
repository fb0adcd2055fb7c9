// What is done for the page. It is handed the package and a storage.
import { signIn } from "./sign-in.js";

/** The worker's own storage: a Map stands for what an app would have, IndexedDB for instance. */
export function inMemory() {
  const kept = new Map();
  return {
    getItem: async (key) => kept.get(key) ?? null,
    setItem: async (key, value) => void kept.set(key, value),
    removeItem: async (key) => void kept.delete(key),
    keys: async () => [...kept.keys()],
  };
}

/** @param {typeof import("cognito-signout")} package */
export function tasksOf(
  { configure, loadTokens, signOut, storeTokens },
  storage,
) {
  let config;

  async function standing() {
    const tokens = await loadTokens();
    return tokens ? `signed in as ${tokens.username}` : "nobody is signed in";
  }

  const said = ({ code, message }) => `${code}: ${message}`;

  const tasks = {
    async configure(given) {
      config = given;
      await configure({ ...config, storage });
      return standing();
    },
    async signIn({ username, password }) {
      await storeTokens(await signIn(config, username, password));
      const keys = await storage.keys();
      return `${await standing()}, ${keys.length > 0 ? "stored" : "not stored"}`;
    },
    async signOut(options) {
      const { status } = await signOut(options);
      const left = (await storage.keys()).filter((key) =>
        key.includes("Token"),
      );
      return `signed out: ${status}, ${left.length} tokens left`;
    },
    /** What a worker is told that forgot to bring a storage. */
    withoutStorage: () => configure(config).then(() => "configured"),
  };

  /** Does what a message asks for. @param {object} message */
  return async (message) => {
    const [[name, argument]] = Object.entries(message);
    return tasks[name](argument).catch(said);
  };
}
