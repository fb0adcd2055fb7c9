// The control API of the local Cognito: who it is, its faults, and what became of a token.
import { origin, sha256, type Verdict } from "./cognito.js";

/** What the local Cognito says of itself. */
export interface Info {
  userPoolId: string;
  clientId: string;
}

/** A fault as the control API takes it. */
export interface Fault {
  operation: string;
  /** Only requests of this app client. */
  clientId?: string;
  /** So many requests, then no more. */
  times?: number;
  latencyMs?: number;
  /** How long the answer is held back, or until the fault is removed. */
  answerDelayMs?: number;
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

/** Adds a fault. */
export const addFault = (fault: Fault): Promise<void> =>
  ask("POST", "/faults", fault);

/** Removes the faults of an app client, or of one of its operations. What they hold back is let go. */
export const clearFaults = (filter: {
  clientId: string;
  operation?: string;
}): Promise<void> => ask("DELETE", `/faults?${new URLSearchParams(filter)}`);

/** A request in the log of the local Cognito. */
export interface LoggedRequest {
  id: number;
  processed: boolean;
}

/** The requests of an app client for an operation, oldest first. */
export const requests = (filter: {
  clientId: string;
  operation: string;
}): Promise<LoggedRequest[]> =>
  ask("GET", `/requests?${new URLSearchParams(filter)}`);

/** By what the control API knows a token: its SHA-256 in hex. */
export async function fingerprint(token: string): Promise<string> {
  return Array.from(await sha256(token), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** What became of a token, by its fingerprint. */
export async function checkByFingerprint(hex: string): Promise<Verdict> {
  interface State {
    known: boolean;
    valid?: boolean;
    reason?: string;
  }
  const state = await ask<State>("GET", `/tokens/${hex}`).catch(
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
