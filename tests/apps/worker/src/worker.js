import { configure, loadTokens, signOut, storeTokens } from "cognito-signout";
import { signIn } from "./sign-in.js";

/** The worker's own storage: a Map stands for what an app would have, IndexedDB for instance. */
const kept = new Map();
const storage = {
  getItem: async (key) => kept.get(key) ?? null,
  setItem: async (key, value) => void kept.set(key, value),
  removeItem: async (key) => void kept.delete(key),
  keys: async () => [...kept.keys()],
};

let config;

async function standing() {
  const tokens = await loadTokens();
  return tokens ? `signed in as ${tokens.username}` : "nobody is signed in";
}

const tasks = {
  async configure(given) {
    config = given;
    await configure({ ...config, storage });
    return standing();
  },
  async signIn({ username, password }) {
    await storeTokens(await signIn(config, username, password));
    return `${await standing()}, ${kept.size > 0 ? "stored" : "not stored"}`;
  },
  async signOut(options) {
    const { status } = await signOut(options);
    const left = [...kept.keys()].filter((key) => key.includes("Token"));
    return `signed out: ${status}, ${left.length} tokens left`;
  },
  /** What a worker is told that forgot to bring a storage. */
  withoutStorage: () =>
    configure(config).then(
      () => "configured",
      ({ code, message }) => `${code}: ${message}`,
    ),
};

addEventListener("message", async ({ data }) => {
  for (const [name, argument] of Object.entries(data))
    postMessage(await tasks[name](argument).catch(String));
});
