// What the adapters share: a library is told of a sign-out once, however often it is connected, and by how many copies of this package.
import {
  type Client,
  type SignedOutEvent,
  loadTokens,
  onSignedOut,
} from "cognito-signout";
import { version } from "../package.json";

/** The functions of a client that an adapter uses. */
type Connectable = Pick<Client, "onSignedOut" | "loadTokens">;

/** What all connections of a library's Hub or manager know together. */
export interface Library {
  /**
   * Whether the library has said last that nobody is signed in. An app that answers that by signing out would go round in circles.
   */
  isOut: boolean;
  /** Whether a sign-out is being told to the clients, one after another. */
  isHearing: boolean;
  /** By client; for the default one, by a function of the package that has it. */
  readonly connections: Map<object, Connection>;
}

interface Connection {
  /** How many disposers have not been called. */
  uses: number;
  readonly end: () => void;
}

const LIBRARIES = Symbol.for(`cognito-signout.connections@${version}`);

function libraryOf(target: object): Library {
  const realm = globalThis as Record<symbol, unknown>;
  const libraries = (realm[LIBRARIES] ??= new WeakMap()) as WeakMap<
    object,
    Library
  >;
  let library = libraries.get(target);
  if (!library) {
    library = { isOut: false, isHearing: false, connections: new Map() };
    libraries.set(target, library);
  }
  return library;
}

/**
 * Connects a library with a client, unless they are connected.
 *
 * @param target - the library's Hub or manager
 * @param client - left out, the one that `configure` sets
 * @param start - connects them, and returns what ends that
 * @returns ends the connection, once all who made it have called theirs
 */
export function connect(
  target: object,
  client: Connectable | undefined,
  start: (library: Library, client: Connectable) => () => void,
): () => void {
  const library = libraryOf(target);
  const { connections } = library;
  const key = client ?? onSignedOut;
  let connection = connections.get(key);
  if (!connection) {
    // What the library said while nobody listened is not known.
    if (!connections.size) library.isOut = false;
    const end = start(library, client ?? { loadTokens, onSignedOut });
    connection = { uses: 0, end };
    connections.set(key, connection);
  }
  const { end } = connection;
  connection.uses++;
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--connection.uses) return;
    connections.delete(key);
    end();
  };
}

/** Acts on a sign-out, once for all clients that are told of it. */
export function hear(
  library: Library,
  { reason }: SignedOutEvent,
  act: (isOwn: boolean) => Promise<void>,
) {
  if (library.isHearing) return;
  library.isHearing = true;
  // All of them are told before that.
  queueMicrotask(() => {
    library.isHearing = false;
  });
  const isOwn = reason === "signOut";
  // Nothing was said yet of a session that began and ended in another tab.
  if (!isOwn) library.isOut = false;
  act(isOwn).catch(reportError);
}

/**
 * Has the library say that nobody is signed in, unless it has said so already, or is not connected any more.
 *
 * @param act - has it say so
 */
export async function sayOut(library: Library, act: () => Promise<void>) {
  if (library.isOut || !library.connections.size) return;
  library.isOut = true;
  try {
    await act();
  } catch (thrown) {
    library.isOut = false;
    throw thrown;
  }
}
