// One side of the comparison: an app in one or two windows, and what becomes of its sign-out.
import { shortened } from "../cognito.js";
import {
  addFault,
  checkByFingerprint,
  clearFaults,
  ensureClient,
  fingerprint,
  requests,
} from "../control.js";
import { button, h, icon } from "../dom.js";
import type { App } from "./app.js";
import { isOut, type Run } from "./run.js";
import type { Scenario } from "./scenarios.js";
import { forget, tokensOf, type Entry } from "./stored.js";
import {
  inASentence,
  promiseWords,
  serverWords,
  storageWords,
  verdict,
  type Words,
} from "./words.js";

const USER = "jane.doe@example.com";
const PASSWORD = "Passw0rd!";
/** How long a promise without a time limit is waited for: longer than the limit of the other one. */
const PATIENCE_MS = 6_000;
/** How long a consequence is waited for, such as another tab's notice. */
const CONSEQUENCE_MS = 3_000;
const TICK_MS = 200;
const SERVER_EVERY_MS = 1_000;
const REFRESH = "GetTokensFromRefreshToken";

/** Whose signOut() an app calls. */
export interface Library {
  readonly name: "aws-amplify" | "cognito-signout";
  readonly version: string;
  readonly poolId: string;
  readonly clientId: string;
  /** Whether its promise settles within a time of its own, whatever the server does. */
  readonly hasTimeLimit: boolean;
}

export interface Side {
  readonly element: HTMLElement;
  /** Signs in, sets the fault, signs out, and says in a sentence what came of it. */
  play(scenario: Scenario): Promise<string>;
}

/** `heal` ends the faults of both sides. */
export function side(library: Library, heal: () => Promise<void>): Side {
  const { clientId, name } = library;
  let run: Run | undefined;
  let askedAt = 0;

  const windows = h("div", { class: "windows" });
  const headline = h("p", { class: "headline" });
  const stored = h("ul", { class: "stored" });
  const promise = fact("The promise");
  const storage = fact("localStorage", stored);
  const server = fact("The refresh token, at Cognito");
  const action = h(
    "p",
    { class: "action", hidden: true },
    button("End the fault, and retry()", "primary", () => void retry()),
  );
  const titleId = `side-${name}`;
  const element = h(
    "article",
    { class: "card side", id: `with-${name}`, "aria-labelledby": titleId },
    h(
      "header",
      {},
      h("h3", { id: titleId }, name, " ", h("small", {}, library.version)),
    ),
    windows,
    headline,
    h("dl", {}, promise.element, storage.element, server.element),
    action,
  );
  addEventListener("storage", tick);
  setInterval(tick, TICK_MS);
  render();

  /** Opens the app in one more window. */
  async function open(run: Run): Promise<App> {
    const number = run.apps.length + 1;
    const query = new URLSearchParams({
      pool: library.poolId,
      client: clientId,
      "sign-out": name,
    });
    const frame = h("iframe", {
      title: `The app with ${name}, tab ${number}`,
      src: `/app.html?${query}`,
    });
    const loaded = new Promise((resolve) => {
      frame.addEventListener("load", resolve, { once: true });
    });
    windows.append(
      h("div", { class: "window" }, h("p", {}, `Tab ${number}`), frame),
    );
    await loaded;
    const app = await frame.contentWindow?.app;
    if (!app) throw new Error(`The app with ${name} did not start.`);
    run.apps.push(app);
    return app;
  }

  function tick(): void {
    if (!run || run.phase === "signing in") return;
    look(run);
    const now = performance.now();
    if (run.phase === "signing out" && now - askedAt > SERVER_EVERY_MS) {
      askedAt = now;
      void ask(run);
    }
    render();
  }

  function look(run: Run): void {
    const had = run.stored.length;
    run.stored = tokensOf(clientId);
    const has = run.stored.length;
    if (had && !has) run.goneAt = performance.now();
    if (has && run.goneAt !== undefined) run.cameBack = true;
  }

  /** Asks the server about the refresh token. */
  async function ask(run: Run): Promise<void> {
    if (run.refreshToken)
      run.server = await checkByFingerprint(run.refreshToken);
  }

  async function signIn(run: Run): Promise<App> {
    await ensureClient(clientId);
    await clearFaults({ clientId });
    forget(clientId);
    windows.replaceChildren();
    const app = await open(run);
    await app.signIn(USER, PASSWORD);
    look(run);
    const token = run.stored.find(({ name }) => name === "refreshToken");
    if (!token) throw new Error(`The app with ${name} stored no token.`);
    run.refreshToken = await fingerprint(token.value);
    if (run.scenario.tabs === 2) await open(run);
    await ask(run);
    return app;
  }

  /** Begins a refresh, and waits until the server has made the new tokens, whose way back the fault delays. */
  async function beginRefresh(app: App): Promise<{ answered: Promise<void> }> {
    const log = () => requests({ clientId, operation: REFRESH });
    const last = (await log()).at(-1)?.id ?? 0;
    const answered = app.refresh();
    await until(async () =>
      (await log()).some(({ id, processed }) => id > last && processed),
    );
    return { answered };
  }

  function signOut(run: Run, app: App): Promise<void> {
    run.phase = "signing out";
    run.calledAt = performance.now();
    const called = app.signOut();
    look(run);
    run.leftAtReturn = run.stored.length;
    render();
    const settle = () => (run.settledAt = performance.now());
    return called.then(
      (result) => {
        settle();
        if (result) run.result = result;
      },
      (error: unknown) => {
        settle();
        run.rejected = error instanceof Error ? error.message : String(error);
      },
    );
  }

  async function play(mine: Run): Promise<void> {
    // A run that another one has overtaken ends where it is.
    const step = async <T>(doing: Promise<T>): Promise<T> => {
      const done = await doing;
      return run === mine ? done : new Promise<never>(() => undefined);
    };
    const { fault, isRefreshing } = mine.scenario;
    const app = await step(signIn(mine));
    render();
    if (fault) await step(addFault({ ...fault, clientId }));
    const refresh = isRefreshing && (await step(beginRefresh(app)));
    const signedOut = signOut(mine, app);
    await step(
      library.hasTimeLimit
        ? signedOut
        : Promise.race([signedOut, sleep(PATIENCE_MS)]),
    );
    if (refresh) {
      await step(clearFaults({ clientId }));
      await step(refresh.answered);
    }
    const isSeenOut = async () => {
      look(mine);
      return isOut(mine);
    };
    await step(Promise.race([until(isSeenOut), sleep(CONSEQUENCE_MS)]));
    await step(ask(mine));
    mine.phase = "over";
    render();
  }

  async function retry(): Promise<void> {
    const mine = run;
    if (mine?.result?.status !== "partial" || !mine.result.retry) return;
    const again = mine.result.retry;
    // The button goes, and the focus would be lost with it.
    headline.tabIndex = -1;
    headline.focus({ preventScroll: true });
    action.hidden = true;
    await heal();
    mine.result = await again();
    mine.hasRetried = true;
    await ask(mine);
    render();
  }

  function render(): void {
    setWords(
      headline,
      run ? verdict(run) : ["plain", "Choose what goes wrong"],
    );
    promise.show(
      run ? promiseWords(run) : ["plain", "signOut() was not called yet."],
    );
    storage.show(run ? storageWords(run) : ["plain", "No token yet."]);
    server.show(run ? serverWords(run) : ["plain", "There is none yet."]);
    showStored(stored, run?.stored ?? []);
    if (windows.childElementCount === 0)
      windows.append(h("p", { class: "window empty" }, "The app opens here."));
  }

  return {
    element,
    async play(scenario) {
      const mine: Run = { scenario, apps: [], phase: "signing in", stored: [] };
      run = mine;
      action.hidden = true;
      render();
      await play(mine);
      action.hidden = !(mine.result?.status === "partial" && mine.result.retry);
      return `${name}: ${inASentence(mine)}`;
    },
  };
}

const MARKS = {
  plain: "none",
  good: "yes",
  warn: "partly",
  bad: "no",
} as const;

/** Shows words in their tone, unless they are shown already. */
function setWords(element: HTMLElement, [tone, words]: Words): void {
  if (element.dataset["tone"] === tone && element.textContent === words) return;
  element.dataset["tone"] = tone;
  element.replaceChildren(icon(MARKS[tone]), h("span", {}, words));
}

/** A line of a side: what it is about, what is seen of it, and `more`. */
function fact(term: string, more?: HTMLElement) {
  const words = h("p", { class: "words" });
  return {
    element: h("div", {}, h("dt", {}, term), h("dd", {}, words, more)),
    show: (shown: Words) => setWords(words, shown),
  };
}

/** Shows entries of the storage: the start of all names, then what is left of each with its value, shortened. */
function showStored(list: HTMLElement, entries: readonly Entry[]): void {
  const text = entries.map(({ name, value }) => name + value).join();
  if (list.dataset["text"] === text) return;
  list.dataset["text"] = text;
  const prefix = entries[0]?.prefix;
  list.replaceChildren(
    prefix
      ? h(
          "li",
          { class: "prefix" },
          h(
            "code",
            {},
            ...prefix.split(/(?<=\.)/).flatMap((part) => [part, h("wbr")]),
          ),
        )
      : "",
    ...entries.map(({ name, value }) =>
      h("li", {}, h("code", {}, name), h("code", {}, shortened(value))),
    ),
  );
}

const sleep = (ms: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, ms));

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}
