// One engine for all copies of this version in a realm (ES module and CommonJS, several bundles): they use what the first one that was
// called has put here. Each copy that is configured has a client of its own; one that never was uses the page's default client,
// that of the copy that was configured first. Other versions have homes of their own.
import { version } from "../package.json";
import { FaceClient } from "./client.js";
import { addSource, load } from "./engine.js";
import { source } from "./source.js";
import type { SignedOutEvent } from "./types.js";

const HOME = Symbol.for(`cognito-signout@${version}`);

const make = () => ({
  page: new FaceClient(false),
  another: (isOwn: boolean) => new FaceClient(isOwn),
  addSource,
  load,
});

function home(): ReturnType<typeof make> {
  const realm = globalThis as Record<symbol, unknown>;
  return (realm[HOME] ??= make()) as ReturnType<typeof make>;
}

/** The home, which has this copy's engine too. */
export function supplied() {
  const found = home();
  found.addSource(source);
  return found;
}

/** This copy's own client, once it was configured. */
let own: FaceClient | undefined;
/** Who listened in this copy before. */
const early = new Set<{
  readonly listener: (event: SignedOutEvent) => void;
  stop: () => void;
}>();

/** The public functions of the client that this copy uses. */
export const functions = () => (own ?? home().page).functions;

/** This copy's own client, which is configured from now on. */
export function ownClient(): FaceClient {
  const { page, another } = supplied();
  if (!own) {
    own = page.setup ? another(false) : page;
    for (const one of early) {
      one.stop();
      one.stop = own.functions.onSignedOut(one.listener);
    }
    early.clear();
  }
  return own;
}

export function onSignedOut(
  listener: (event: SignedOutEvent) => void,
): () => void {
  const one = { listener, stop: functions().onSignedOut(listener) };
  if (!own) early.add(one);
  return () => {
    early.delete(one);
    one.stop();
  };
}
