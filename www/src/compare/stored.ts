// What an app client has in localStorage, as it is stored.

/** An entry of localStorage, its name in two parts. */
export interface Entry {
  readonly prefix: string;
  readonly name: string;
  readonly value: string;
}

const isToken = (key: string) => /\.(access|id|refresh)Token$/.test(key);

const keysOf = (clientId: string) =>
  Object.keys(localStorage).filter((key) => key.includes(`.${clientId}.`));

/** The tokens of an app client. */
export function tokensOf(clientId: string): Entry[] {
  return keysOf(clientId)
    .filter(isToken)
    .sort()
    .map((key) => {
      const dot = key.lastIndexOf(".") + 1;
      return {
        prefix: key.slice(0, dot),
        name: key.slice(dot),
        value: localStorage.getItem(key) ?? "",
      };
    });
}

/** Forgets all of an app client, for the next comparison to begin from nothing. */
export function forget(clientId: string): void {
  for (const key of keysOf(clientId)) localStorage.removeItem(key);
}
