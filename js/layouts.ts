// Where each library keeps a session in the browser, as src/layout has it: tests/fixtures/layouts.json holds both to it.
import {
  CLIENT,
  DEVICE,
  GUEST,
  LAST_USER,
  OIDC,
  PREFIX,
  SESSION,
  SHARED,
  USER_LIST,
} from "./keys.js";
import { attempt, of } from "./options.js";
import { type Settings, bare, text } from "./settings.js";

/** A key and its value. Cookies may have one name several times. */
export type Entry = readonly [key: string, value: string];

/** The tokens of a session, by Amplify's names. */
export interface Session {
  accessToken?: string | undefined;
  idToken?: string | undefined;
  refreshToken?: string | undefined;
  /** Whether the hosted UI signed the user in, where the session tells. */
  hostedUI?: boolean | undefined;
  isCurrent: boolean;
}

/** What a sign-out has to deal with among the entries of one store. */
export interface Found {
  /** The sessions that end, the current user's first. */
  sessions: Session[];
  /** The keys to remove, in this order. */
  keys: string[];
  /** Keys that sign nobody in, to remove behind them. */
  leftovers: string[];
  /** The list of users, without those whose sessions end. */
  writes: Entry[];
  hostedUI: boolean;
}

/** JSON, or undefined. */
const json = (value: unknown): unknown =>
  attempt(() => JSON.parse(value as string) as unknown);

/** The issuer that a JWT names. It is read, not verified. */
function issuerOf(token: string | undefined): unknown {
  const [, payload, , more] = `${token}`.split(".");
  return more === undefined
    ? attempt(() =>
        of(
          json(atob(`${payload}`.replace(/-/g, "+").replace(/_/g, "/"))),
          "iss",
        ),
      )
    : undefined;
}

/** A comma-joined list without these users. A name may hold a comma itself, so the list can't simply be split. */
function without(list: string, users: readonly string[]) {
  let left = "";
  let isNamed = false;
  for (let rest = list; rest;) {
    const user = users.find((name) => `${rest},`.startsWith(`${name},`));
    const [first = ""] = rest.split(",");
    if (user === undefined) left += (left && ",") + first;
    else isNamed = true;
    rest = rest.slice((user ?? first).length + 1);
  }
  return { left, isNamed };
}

/** What the keys of one client look like. */
export function layoutOf(settings: Settings) {
  const { clientId, authorities, pool } = settings;
  const prefix = `${PREFIX}${clientId}.`;
  const users = [...new Set([settings.oidcPrefix, OIDC])].map(
    (before) => `${before}user:`,
  );
  const guest = settings.identityPool
    ? GUEST.map((key) => key.replace("*", () => String(settings.identityPool)))
    : [];
  const shared = [...SHARED, ...guest];

  const isOurs = (authority: unknown) => {
    const url = bare(authority);
    const id = url.split("/").pop();
    return authorities.includes(url) || (!!id && id === pool);
  };

  /** Whether a sign-in under way is under that key: a StateStore has nothing in front of its id. */
  const isState = (key: string) =>
    key.startsWith(OIDC) ||
    (!settings.oidcPrefix && /^[\da-f]{32}$/i.test(key));

  /** Whether it may be a key of this client, or of all. */
  const isWanted = (key: string) =>
    [prefix, ...users].some((start) => key.startsWith(start)) ||
    isState(key) ||
    shared.includes(key);

  /** What to ask a store for that can't list its keys, by what it told so far. */
  const candidates = (known: readonly Entry[]) => [
    ...CLIENT.map((what) => prefix + what),
    ...shared,
    ...users.flatMap((user) =>
      authorities.flatMap((authority) =>
        ["", "/"].map((slash) => `${user}${authority}${slash}:${clientId}`),
      ),
    ),
    ...known.flatMap(([key, value]) =>
      (key === prefix + LAST_USER
        ? [value]
        : key === prefix + USER_LIST
          ? value.split(",")
          : []
      ).flatMap((user) =>
        [...SESSION, ...DEVICE].map((what) => `${prefix}${user}.${what}`),
      ),
    ),
  ];

  /** @param forget - the remembered device goes too */
  function find(entries: readonly Entry[], forget: unknown): Found {
    const found: Found = {
      sessions: [],
      keys: [],
      leftovers: [],
      writes: [],
      hostedUI: false,
    };
    const { sessions, keys, leftovers } = found;
    const owners: { name: string; values: Record<string, string> }[] = [];
    let last: string | undefined;
    let list: string | undefined;
    for (const [key, value] of entries) {
      if (key.startsWith(prefix)) {
        const rest = key.slice(prefix.length);
        const dot = rest.lastIndexOf(".");
        const what = rest.slice(dot + 1);
        const name = rest.slice(0, dot);
        if (dot >= 0 && (SESSION.includes(what) || DEVICE.includes(what))) {
          let owner = owners.find(
            (each) => each.name === name && !(what in each.values),
          );
          if (!owner) owners.push((owner = { name, values: {} }));
          owner.values[what] = value;
        } else if (rest === LAST_USER) last ??= value;
        else if (rest === USER_LIST) list ??= value;
        else if (CLIENT.includes(rest)) {
          // "true,false": by OAuth, prefers a private session.
          if (rest === "oauthSignIn")
            found.hostedUI ||= /^true(,|$)/.test(value);
          leftovers.push(key);
        }
      }
    }
    const ended = last === undefined ? [] : [last];
    let hasCurrent = false;
    for (const { name, values } of owners) {
      const isCurrent = name === last;
      // Several users may be signed in at once; the others on the list stay. With no current user there are no others.
      if (
        !isCurrent &&
        last !== undefined &&
        list !== undefined &&
        without(list, [name]).isNamed
      )
        continue;
      ended.push(name);
      const { accessToken, idToken, refreshToken } = values;
      const names = (of: readonly string[]) =>
        of
          .filter((what) => what in values)
          .map((what) => `${prefix}${name}.${what}`);
      if (!accessToken && !idToken && !refreshToken) {
        leftovers.push(...names(SESSION));
        continue;
      }
      const isFirst: boolean = isCurrent && !hasCurrent;
      hasCurrent ||= isFirst;
      sessions.push({
        accessToken,
        idToken,
        refreshToken,
        hostedUI:
          of(json(values.oauthMetadata), "oauthSignIn") === true ||
          (values.signInDetails === undefined ? undefined : false),
        isCurrent: isFirst,
      });
      keys[isFirst ? "unshift" : "push"](
        ...names(SESSION),
        ...(forget ? names(DEVICE) : []),
      );
    }
    // The first to go: without it Amplify and identity-js say signed out at once, whatever is still there.
    if (last !== undefined)
      (hasCurrent ? keys : leftovers).unshift(prefix + LAST_USER);
    if (list !== undefined) {
      const { left, isNamed } = without(list, ended);
      if (!left) leftovers.push(prefix + USER_LIST);
      else if (isNamed) found.writes.push([prefix + USER_LIST, left]);
    }
    for (const [key, value] of entries) {
      const user = users.find((start) => key.startsWith(start));
      if (user !== undefined) {
        if (!key.endsWith(`:${clientId}`)) continue;
        const authority = key.slice(user.length, -clientId.length - 1);
        const record = json(value);
        const [accessToken, idToken, refreshToken] = [
          "access_token",
          "id_token",
          "refresh_token",
        ].map((name) => text(of(record, name)) || undefined);
        if (accessToken || idToken || refreshToken) {
          const issuer = text(issuerOf(accessToken) ?? issuerOf(idToken));
          if (
            !issuer || !pool
              ? isOurs(authority) ||
                (!pool && /^https:\/\/cognito-idp\./.test(issuer))
              : issuer.split("/").pop() === pool
          ) {
            keys.push(key);
            sessions.push({
              accessToken,
              idToken,
              refreshToken,
              hostedUI: true,
              isCurrent: true,
            });
          }
        } else if (isOurs(authority)) leftovers.push(key);
      } else if (isState(key)) {
        // A sign-in under way says in its value whose it is.
        const state = json(value);
        if (
          of(state, "client_id") === clientId &&
          isOurs(of(state, "authority") ?? "")
        )
          leftovers.push(key);
      } else if (shared.includes(key)) {
        // Amplify v5's names no client.
        found.hostedUI ||=
          key === "amplify-signin-with-hostedUI" && value === "true";
        leftovers.push(key);
      }
    }
    const main = sessions.findIndex((session) => session.isCurrent);
    if (main > 0) sessions.unshift(...sessions.splice(main, 1));
    // What the session itself says goes before a flag that may be an older sign-in's.
    found.hostedUI = sessions[0]?.hostedUI ?? found.hostedUI;
    return found;
  }

  return { isWanted, candidates, find };
}
