// Looks for tokens wherever a page, its console and its network could show one.
/** @import { Page } from "playwright-core" */

/** A JWT or a JWE, whole or cut: none belongs anywhere that is watched. */
const JOSE = /eyJ[\w-]{12,}\.[\w-]{12,}/;

/**
 * The parts of a token that give it away, without its header, which is no secret.
 * @param {string} token
 */
export const tellingParts = (token) =>
  token
    .split(".")
    .slice(token.includes(".") ? 1 : 0)
    .filter((part) => part.length >= 24)
    .flatMap((part) => [part.slice(0, 24), part.slice(-24)]);

/**
 * Runs in a page before the app: notes what other listeners, the logger and the history of the page are told. It stands alone.
 */
export function noteInPage() {
  /** @type {[where: string, text: string][]} */
  const notes = [];
  /** @type {Set<string>} */
  const channels = new Set();
  /** @param {unknown} value */
  const asText = (value) => {
    try {
      return `${String(value)} ${JSON.stringify(value)}`;
    } catch (error) {
      return String(error);
    }
  };
  /** @param {string} where @param {unknown} value */
  const note = (where, value) => void notes.push([where, asText(value)]);
  /** All that an error says, and what caused it. @param {any} error @returns {unknown[]} */
  const told = (error) =>
    error == null || typeof error !== "object"
      ? [error]
      : [
          String(error),
          error.stack,
          error.message,
          error.recoverySuggestion,
          { ...error },
          error.toJSON?.(),
          ...told(error.cause),
        ];
  addEventListener("storage", ({ key, newValue }) => {
    if (key?.startsWith("cognito-signout")) note("storage event", newValue);
  });
  addEventListener("unhandledrejection", ({ reason }) =>
    told(reason).forEach((text) => note("unhandled rejection", text)),
  );
  addEventListener("error", ({ message, error }) =>
    [message, ...told(error)].forEach((text) => note("error event", text)),
  );
  Object.assign(globalThis, {
    watch: {
      notes,
      note,
      /** Hears the channel of a client. @param {string} clientId */
      hear(clientId) {
        const name = `cognito-signout.${clientId}.tabs`;
        if (channels.has(name)) return;
        channels.add(name);
        new BroadcastChannel(name).onmessage = ({ data }) =>
          note("BroadcastChannel", data);
      },
      logger: {
        /** @param {...unknown} values */
        debug: (...values) => values.forEach((each) => note("logger", each)),
        /** @param {...unknown} values */
        warn: (...values) => values.forEach((each) => note("logger", each)),
      },
      /** Shows a result in every way that an app would. @param {any} result */
      show(result) {
        note("JSON and text", result);
        console.log(result);
        console.table(result);
        note("structured clone", structuredClone(result));
        note("entries", Object.entries(result));
        note("spread", { ...result });
        note("steps", result.steps);
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => note("postMessage", data);
        port2.postMessage(result);
        for (const name of ["revokeToken", "globalSignOut", "hostedUI"]) {
          const step = result[`${name}Error`];
          if (!step) continue;
          note(`${name}Error`, step);
          console.warn("%o", step);
        }
        const steps = ["revokeToken", "globalSignOut", "forgetDevice"];
        for (const error of [
          result.error,
          ...[...steps, "hostedUI"].map(
            (name) => result[`${name}Error`]?.error,
          ),
        ]) {
          if (!error) continue;
          console.error(error);
          for (const text of told(error)) note("an error", text);
          note("a cloned error", structuredClone(error).stack);
        }
      },
      /** What lies about in the page. */
      async collect() {
        note("URL", location.href);
        note("referrer", document.referrer);
        note("history", history.state);
        note("window.name", name);
        note(
          "resource timing",
          performance.getEntries().map((entry) => entry.name),
        );
        note(
          "own records",
          [
            ...Object.entries(localStorage),
            ...Object.entries(sessionStorage),
          ].filter(([key]) => key.startsWith("cognito-signout")),
        );
        note("IndexedDB", await indexedDB.databases());
        note("caches", await caches.keys());
        return notes;
      },
    },
  });
}

export class Watch {
  /** @type {[where: string, text: string][]} */
  notes = [];

  /**
   * Watches a page from outside. Call it before the page is opened.
   * @param {Page} page
   * @param {string} cognito its origin: what goes into the bodies of requests to it is its own
   */
  static async of(page, cognito) {
    const watch = new Watch();
    /** @param {string} where @param {unknown} value */
    const note = (where, value) =>
      void watch.notes.push([where, JSON.stringify(value)]);
    const devTools = await page.context().newCDPSession(page);
    for (const domain of /** @type {const} */ (["Runtime", "Log", "Network"]))
      await devTools.send(`${domain}.enable`);
    devTools.on("Runtime.consoleAPICalled", (event) => note("console", event));
    devTools.on("Runtime.exceptionThrown", (event) => note("exception", event));
    devTools.on("Log.entryAdded", (event) => note("browser's log", event));
    devTools.on("Network.requestWillBeSent", ({ request, documentURL }) => {
      const { url, headers, postData } = request;
      note("request", { url, headers, documentURL });
      if (!url.startsWith(`${cognito}/`)) note("body of a request", postData);
    });
    devTools.on("Network.requestWillBeSentExtraInfo", ({ headers }) =>
      note("headers", headers),
    );
    page.on("framenavigated", (frame) => note("address", frame.url()));
    return watch;
  }

  /**
   * Where one of the tokens, or anything like a token, was seen.
   * @param {Page} page
   * @param {string[]} tokens
   */
  async leaks(page, tokens) {
    const inPage = await page.evaluate(() =>
      /** @type {any} */ (globalThis).watch.collect(),
    );
    const parts = tokens.flatMap(tellingParts);
    return [
      ...new Set(
        [...this.notes, .../** @type {[string, string][]} */ (inPage)]
          .filter(
            ([, text]) =>
              text !== undefined &&
              (JOSE.test(text) || parts.some((part) => text.includes(part))),
          )
          .map(([where]) => where),
      ),
    ];
  }
}
