// What is left to do where there is no engine, or it broke: remove this client's keys, read back, revoke, leave, and say so.
import { faceError } from "../errors.js";
import { asks, waitMs } from "../options.js";
import { leave } from "../page.js";
import { failed, hide, hideRefreshTokens } from "../results.js";
import { logoutUrlOf } from "./logout-url.js";
import { revokePlainly } from "./request.js";
import { rest } from "./retry.js";
import { removeStored } from "./sessions.js";

/** @typedef {import("./sessions.js").Left} Left */

/**
 * @param {import("../client.js").FaceClient} client
 * @param {any} options
 * @param {"moduleUnavailable" | "unknown"} code
 * @param {unknown} cause
 * @param {Left} [before] what was stored when the engine began
 * @param {boolean} [told] the listeners know already
 */
export async function lastResort(client, options, code, cause, before, told) {
  const { config } = client;
  const { removed, ...now } = removeStored(
    config,
    !!asks(options, "forgetDevice"),
  );
  const left = {
    ...now,
    found: now.found || !!before?.found,
    hostedUI: now.hostedUI ?? before?.hostedUI,
    refreshTokens: now.refreshTokens[0]
      ? now.refreshTokens
      : (before?.refreshTokens ?? []),
    accessToken: now.accessToken ?? before?.accessToken,
  };
  const error = faceError(code, cause);
  const errors = errorsOf(config, options, left, error);
  const mode = asks(options, "hostedUI") ?? "auto";
  const url =
    removed && errors.hostedUIError && code === "moduleUnavailable"
      ? logoutUrlOf(config, options)
      : undefined;
  // Not from a frame: the hosted UI refuses to be shown in one.
  const leaves =
    url && (mode === "auto" || mode === "redirect") && window.top === window;
  if (url) errors.hostedUIError = { url, error };
  if (leaves || (url && mode === "manual")) delete errors.hostedUIError;
  if (removed && !told)
    client.tell({
      reason: "signOut",
      global: asks(options, "global") === true,
      redirecting: !!leaves,
    });
  // After a trap the engine may have sent it; here nobody has.
  if (
    code === "moduleUnavailable" &&
    errors.revokeTokenError &&
    left.refreshTokens[0]
  )
    await Promise.race([
      Promise.all(
        left.refreshTokens.map((token) => revokePlainly(config, token)),
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
    const local = code === "unknown" ? faceError("storage", cause) : error;
    return { ...failed(local), ...remote };
  }
  if (leaves && !(await leave(url, asks(options, "navigate"))))
    errors.hostedUIError = { url, error };
  return rest(client, options, left.found, errors, url);
}

/**
 * The errors of what was asked for and is not known to be done.
 * @param {any} config
 * @param {any} options
 * @param {Left} left
 * @param {import("../errors.js").AuthError} error
 */
function errorsOf(config, options, left, error) {
  const hosted = asks(options, "hostedUI") ?? "auto";
  // Of a storage that can't be read, all is unknown.
  const found = left.found || !left.reachable;
  /** @type {Record<string, any>} */
  const errors = {};
  if (
    config?.tokenRevocation !== false &&
    (left.refreshTokens[0] || !left.reachable)
  )
    hideRefreshTokens(
      (errors.revokeTokenError = { error }),
      left.refreshTokens,
    );
  if (found && asks(options, "global"))
    hide(
      (errors.globalSignOutError = { error }),
      "accessToken",
      left.accessToken,
    );
  if (hosted === "auto" ? left.hostedUI : hosted !== "none")
    errors.hostedUIError = { error };
  if (found && asks(options, "forgetDevice"))
    errors.forgetDeviceError = { error };
  return errors;
}
