// The control API of the local Cognito: who it is, its faults, and what became of a token.
import { origin, type Verdict } from "./cognito.js";

/** What the local Cognito says of itself. */
export interface Info {
  userPoolId: string;
  clientId: string;
}

/** A fault as the control API takes it. */
export interface Fault {
  operation: string;
  latencyMs?: number;
  processed?: boolean;
  answer?: {
    type?: string;
    message?: string;
    status?: number;
    headers?: Record<string, string>;
    body?: string;
  };
  silence?: true;
  drop?: true;
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${origin}/_control${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`The local Cognito refused ${method} ${path}`);
  return (await response.json()) as T;
}

/** Throws if the local Cognito is not there. */
export const info = (): Promise<Info> => ask<Info>("GET", "/info");

/** Makes sure that an app client is there. */
export async function ensureClient(id: string): Promise<void> {
  const clients = await ask<{ id: string }[]>("GET", "/clients");
  if (!clients.some((client) => client.id === id))
    await ask("POST", "/clients", { id });
}

/** The faults in force. */
export const faults = (): Promise<Fault[]> => ask<Fault[]>("GET", "/faults");

/** Puts one fault, or none, in place of those of an operation. */
export async function setFault(
  operation: string,
  fault: Fault | null,
): Promise<void> {
  await ask("DELETE", `/faults?operation=${encodeURIComponent(operation)}`);
  if (fault) await ask("POST", "/faults", fault);
}

/** What became of a token, by its SHA-256. */
export async function checkByFingerprint(sha256: string): Promise<Verdict> {
  interface State {
    known: boolean;
    valid?: boolean;
    reason?: string;
  }
  const state = await ask<State>("GET", `/tokens/${sha256}`).catch(
    () => undefined,
  );
  if (!state)
    return { accepted: undefined, detail: "The local Cognito did not answer." };
  if (!state.known)
    return { accepted: undefined, detail: "The server was restarted since." };
  return state.valid
    ? { accepted: true, detail: "not revoked, not expired" }
    : { accepted: false, detail: state.reason ?? "not valid" };
}
