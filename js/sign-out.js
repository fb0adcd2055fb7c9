// A sign-out: by the engine, and where that can't be had or breaks, by the last resort.
import { current, discard } from "./engine.js";
import { asAuthError, faceError } from "./errors.js";
import { rest } from "./last-resort/retry.js";
import { lastResort } from "./last-resort/run.js";
import { stored } from "./last-resort/sessions.js";
import { asks, isEvent } from "./options.js";
import { openPopup } from "./page.js";
import { bounded } from "./patience.js";
import {
  FIELDS,
  failed,
  hide,
  hideRefreshTokens,
  toResult,
} from "./results.js";

/** @typedef {import("./client.js").Setup} Client */
/** @typedef {import("./engine.js").Engine} Engine */

/**
 * @param {Client} client
 * @param {any} options
 */
export function begin(client, options) {
  // An event counts as no options: `onClick={signOut}`.
  if (isEvent(options)) options = undefined;
  // Inside the gesture, before anything else: WebKit refuses after about a second.
  const popup = asks(options, "hostedUI") === "popup" ? openPopup() : undefined;
  const engine = current();
  return engine && client.engine === engine
    ? run(client, engine, options, popup)
    : queued(client, options, popup);
}

/**
 * Behind configure().
 * @param {Client} client
 * @param {any} options
 * @param {Window | null | undefined} popup
 */
async function queued(client, options, popup) {
  client.isAway = !!popup;
  try {
    return await run(client, await client.ask(), options, popup);
  } catch (error) {
    popup?.close();
    return asAuthError(error).code === "moduleUnavailable"
      ? asks(asks(options, "signal"), "aborted")
        ? failed(faceError("aborted"))
        : await lastResort(client, options, "moduleUnavailable", error)
      : failed(error);
  } finally {
    client.isAway = false;
  }
}

/**
 * A result, whatever happens to the engine meanwhile.
 * @param {Client} client
 * @param {Engine} engine
 * @param {any} options
 * @param {Window | null | undefined} popup
 */
function run(client, engine, options, popup) {
  const before = stored(client.config);
  const { told } = client;
  const result = bounded(
    () => engine.signOut(client.number, options, popup),
    options,
  ).then(
    (raw) => toResult(raw, again(client, options, raw)),
    (thrown) => {
      discard(thrown);
      return lastResort(
        client,
        options,
        "unknown",
        thrown,
        before,
        told !== client.told,
      );
    },
  );
  if (popup)
    void result.then(({ status }) => status === "failed" && popup.close());
  return result;
}

/**
 * How a retry is run. The tokens are gone by now, and a session that was stored since is not to be touched.
 * @param {Client} client
 * @param {any} options
 * @param {any} raw what failed, as the engine tells it
 * @returns {(ask: () => Promise<any>) => Promise<any>}
 */
export const again = (client, options, raw) => (ask) =>
  bounded(ask, options).then(
    (next) => toResult(next, again(client, options, next)),
    (thrown) => {
      discard(thrown);
      const error = faceError("unknown", thrown);
      /** @type {Record<string, any>} */
      const errors = {};
      for (const name of FIELDS)
        if (raw[name]) errors[name] = { ...raw[name], error };
      if (errors.revokeTokenError)
        hideRefreshTokens(errors.revokeTokenError, [
          raw.refreshToken,
          ...(raw.others ?? []),
        ]);
      if (errors.globalSignOutError)
        hide(errors.globalSignOutError, "accessToken", raw.accessToken);
      return rest(client, options, raw.wasSignedIn, errors);
    },
  );
