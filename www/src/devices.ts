// The two devices: clients of the package that have nothing in common but the user.
import {
  configure,
  createClient,
  globalSignOut,
  isSigningOut,
  loadTokens,
  onSignedOut,
  refreshTokens,
  revokeToken,
  signOut,
  storeTokens,
  takeSignOutResult,
  type Client,
  type Tokens,
} from "cognito-signout";
import { checkWithGetUser, claims, origin, type Verdict } from "./cognito.js";
import {
  checkByFingerprint,
  ensureClient,
  fingerprint,
  type Info,
} from "./control.js";
import { pageUrl } from "./hosted-ui.js";

const PHONE_CLIENT = "2phone3client4for5the6demo";
const PHONE_PREFIX = "demo.phone:";

/** A device: its session, and what the server last said of it. */
export interface Device {
  readonly id: "browser" | "phone";
  readonly name: string;
  /** Its name within a sentence. */
  readonly phrase: string;
  /** Where one is signed in or out. */
  readonly place: string;
  readonly where: string;
  readonly clientId: string;
  readonly hasHostedUI: boolean;
  readonly client: Omit<Client, "dispose">;
  /** The keys of its storage, to count tokens by. */
  readonly keys: () => string[];
  tokens: Tokens | null;
  verdict: Verdict | null;
  /** A global sign-out elsewhere has ended its session, which was to be. */
  isEndedAsAsked: boolean;
  note: string;
}

/** This page: the default client, localStorage. Configured, not awaited: later calls queue behind it. */
export function thisBrowser(info: Info): Device {
  configure({
    userPoolId: info.userPoolId,
    userPoolClientId: info.clientId,
    userPoolEndpoint: origin,
    hostedUI: { domain: origin, redirectSignOut: pageUrl },
  }).catch(() => undefined); // each call tells it again
  return {
    id: "browser",
    name: "This browser",
    phrase: "this browser",
    place: "in this browser",
    where: "Tokens in localStorage",
    clientId: info.clientId,
    hasHostedUI: true,
    client: {
      storeTokens,
      loadTokens,
      refreshTokens,
      signOut,
      takeSignOutResult,
      isSigningOut,
      onSignedOut,
      revokeToken,
      globalSignOut,
    },
    keys: () => Object.keys(localStorage),
    tokens: null,
    verdict: null,
    isEndedAsAsked: false,
    note: "",
  };
}

/** Another device: its own app client and its own storage, so that this origin's tabs don't tell each other of it. */
export async function otherDevice(info: Info): Promise<Device> {
  await ensureClient(PHONE_CLIENT);
  const keys = () =>
    Object.keys(sessionStorage)
      .filter((key) => key.startsWith(PHONE_PREFIX))
      .map((key) => key.slice(PHONE_PREFIX.length));
  return {
    id: "phone",
    name: "The other device",
    phrase: "the other device",
    place: "on the other device",
    where: "A storage of its own",
    clientId: PHONE_CLIENT,
    hasHostedUI: false,
    client: createClient({
      userPoolId: info.userPoolId,
      userPoolClientId: PHONE_CLIENT,
      userPoolEndpoint: origin,
      storage: {
        getItem: (key) => sessionStorage.getItem(PHONE_PREFIX + key),
        setItem: (key, value) =>
          sessionStorage.setItem(PHONE_PREFIX + key, value),
        removeItem: (key) => sessionStorage.removeItem(PHONE_PREFIX + key),
        keys,
      },
    }),
    keys,
    tokens: null,
    verdict: null,
    isEndedAsAsked: false,
    note: "",
  };
}

/** How many of a device's tokens are in its storage at this moment. */
export function tokensInStorage(device: Device): number {
  return device
    .keys()
    .filter(
      (key) =>
        key.includes(device.clientId) &&
        /\.(access|id|refresh)Token$/.test(key),
    ).length;
}

/** Reads the device's session anew, and remembers the access token's fingerprint for when it is gone. */
export async function reload(device: Device): Promise<void> {
  const before = device.tokens?.accessToken;
  device.tokens = await device.client.loadTokens();
  if (device.tokens?.accessToken !== before) {
    device.verdict = null;
    device.isEndedAsAsked = false;
  }
  if (device.tokens) await remember(device, device.tokens.accessToken);
}

/** Asks the server whether the session, or the one that was signed out last, is still accepted. */
export async function check(device: Device): Promise<void> {
  const tokens = device.tokens;
  const last = sessionStorage.getItem(lastKey(device));
  const verdict = tokens
    ? await checkWithGetUser(tokens.accessToken)
    : last && (await checkByFingerprint(last));
  // A check that a sign-in or sign-out has overtaken says nothing of the session that is there now.
  if (device.tokens === tokens) device.verdict = verdict || null;
}

/** When the access token expires, in minutes from now. */
export function minutesLeft(tokens: Tokens): number | undefined {
  const exp = claims(tokens.accessToken)["exp"];
  return typeof exp === "number"
    ? Math.round((exp * 1000 - Date.now()) / 60_000)
    : undefined;
}

const lastKey = (device: Device) => `demo.last.${device.id}`;

async function remember(device: Device, accessToken: string): Promise<void> {
  sessionStorage.setItem(lastKey(device), await fingerprint(accessToken));
}
