// What is left to do where there is no engine, or it broke: remove this client's keys, read back, tell, revoke, leave, and say so.
import { faceError } from "../errors.js";
import { writeMark, writeRecord } from "../mark.js";
import { asks, waitMs } from "../options.js";
import { leave } from "../page.js";
import { LEAVING_MS, longest } from "../patience.js";
import { failed, hide, hideRefreshTokens } from "../results.js";
import { identityOf } from "./identity.js";
import { logoutUrlOf } from "./logout-url.js";
import { plainRequest } from "./request.js";
import { rest } from "./retry.js";
import { removeStored } from "./sessions.js";

/**
 * @param {import("../client.js").Setup} client
 * @param {any} options
 * @param {"moduleUnavailable" | "unknown"} code
 * @param {unknown} cause
 * @param {import("./sessions.js").Left} [before] what was stored when the engine began
 * @param {boolean} [told] the listeners know already
 */
export async function lastResort(client, options, code, cause, before, told) {
  const { config } = client;
  const began = Date.now();
  const isAlone = code === "moduleUnavailable";
  const isGlobal = asks(options, "global");
  const now = removeStored(config, !!asks(options, "forgetDevice"));
  const { removed, reachable } = now;
  const sessions = [...(before?.sessions ?? []), ...now.sessions];
  const found = !!sessions[0];
  const ids = distinct(sessions.map(identityOf));
  const refreshTokens = distinct(
    sessions.map(({ refreshToken }) => refreshToken),
  );
  const [accessToken] = distinct(
    sessions.map(({ accessToken }) => accessToken),
  );

  const error = faceError(code, cause);
  /** What was asked for and is not known to be done. @type {Record<string, any>} */
  const errors = {};
  // Of a storage that can't be read, all is unknown.
  if (config?.tokenRevocation !== false && (refreshTokens[0] || !reachable))
    hideRefreshTokens((errors.revokeTokenError = { error }), refreshTokens);
  if (found || !reachable) {
    if (isGlobal)
      hide((errors.globalSignOutError = { error }), "accessToken", accessToken);
    if (asks(options, "forgetDevice")) errors.forgetDeviceError = { error };
  }
  const mode = asks(options, "hostedUI") ?? "auto";
  const isDue =
    mode === "auto"
      ? found && (before?.hostedUI || now.hostedUI)
      : mode !== "none";
  const way =
    isDue && removed && isAlone ? logoutUrlOf(config, options) : undefined;
  const url = way?.url;
  // Not from a frame: the hosted UI refuses to be shown in one.
  const leaves =
    way && (mode === "auto" || mode === "redirect") && window.top === window;
  const hostedUIError = { ...(url && { url }), error };
  if (isDue && !leaves && !(url && mode === "manual"))
    errors.hostedUIError = hostedUIError;

  /** @param {object} [more] */
  const mark = (more) =>
    removed &&
    writeMark(config, ids, {
      t: began,
      u: began + longest(options),
      // What is undefined is left out.
      g: isGlobal ? 1 : undefined,
      r: leaves ? 1 : undefined,
      f: asks(options, "forgetDevice") ? 1 : undefined,
      w: before?.hostedUI || now.hostedUI ? 1 : undefined,
      ...more,
    });
  mark();
  if (removed && !told)
    client.tell({
      reason: "signOut",
      global: isGlobal === true,
      redirecting: !!leaves,
    });

  // After a trap the engine may have sent it; here nobody has. GlobalSignOut is left to an engine, or to retry().
  if (isAlone && errors.revokeTokenError && refreshTokens[0])
    await Promise.race([
      Promise.all(
        refreshTokens.map((token) =>
          plainRequest(config, "revokeToken", token),
        ),
      ).then(
        () => delete errors.revokeTokenError,
        () => {},
      ),
      new Promise((resolve) =>
        setTimeout(resolve, leaves ? 1000 : waitMs(options)),
      ),
    ]);
  if (!removed) {
    const { hostedUIError, forgetDeviceError, ...remote } = errors;
    return {
      ...failed(isAlone ? error : faceError("storage", cause)),
      ...remote,
    };
  }

  const at = Date.now();
  const outcome = () => ({
    o: Object.fromEntries(
      Object.keys(errors).map((name) => [name.replace("Error", ""), code]),
    ),
    e: at,
  });
  mark({ ...outcome(), ...(leaves && { l: at, u: at + LEAVING_MS }) });
  const result = () => rest(client, options, found, errors, url);
  if (leaves) {
    // The record says that the page has returned; this one has not left yet.
    client.isAway = true;
    const record = (/** @type {{ left?: string }} */ seen) => {
      if (seen.left === "replaced") errors.hostedUIError = hostedUIError;
      writeRecord(
        config,
        { at, ...way, ids, result: result(), ...seen },
        asks(options, "appState"),
      );
    };
    record({});
    if (!(await leave(way.url, asks(options, "navigate"), record))) {
      errors.hostedUIError = hostedUIError;
      writeRecord(config);
      mark(outcome());
    }
  }
  return result();
}

/**
 * @param {(string | undefined)[]} texts
 * @returns {string[]} each once, without those that are empty
 */
const distinct = (texts) =>
  /** @type {string[]} */ ([...new Set(texts)].filter(Boolean));
