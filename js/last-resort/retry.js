// The result of a sign-out without the engine, and its retry().
import { hide, hideRetry } from "../results.js";
import { plainRequest, REFUSED } from "./request.js";
import { stored } from "./sessions.js";

/** @typedef {import("../client.js").Setup} Client */

/**
 * The result of a sign-out that has removed the sessions.
 * @param {Client} client
 * @param {any} options
 * @param {boolean} wasSignedIn
 * @param {Record<string, any>} errors
 * @param {string} [logoutUrl]
 * @returns {any}
 */
export function rest(client, options, wasSignedIn, errors, logoutUrl) {
  const partial = Object.keys(errors).length > 0;
  const result = {
    status: partial ? "partial" : "complete",
    signedOutLocally: true,
    wasSignedIn,
    ...errors,
    ...(logoutUrl && { logoutUrl }),
    steps: [],
  };
  if (partial)
    hideRetry(result, () => retry(client, options, wasSignedIn, errors));
  return result;
}

/**
 * Asks a new engine for what is left over; where there is none, plain requests are sent.
 * @param {Client} client
 * @param {any} options
 * @param {boolean} wasSignedIn
 * @param {Record<string, any>} before
 */
async function retry(client, options, wasSignedIn, before) {
  const { config } = client;
  const errors = { ...before };
  let refused = false;
  /**
   * @param {"globalSignOut" | "revokeToken"} call
   * @param {string} name
   */
  const again = async (call, name) => {
    const field = `${call}Error`;
    const { [name]: token, others } = errors[field] ?? {};
    if (!token) return;
    try {
      for (const each of [token, ...(others ?? [])])
        await client.call(call, each).catch((error) => {
          if (error.code !== "moduleUnavailable") throw error;
          return plainRequest(config, call, each).catch(({ message }) => {
            refused ||= message === REFUSED;
            throw error;
          });
        });
      delete errors[field];
    } catch (error) {
      hide((errors[field] = { error }), name, token);
      if (others) hide(errors[field], "others", others);
    }
  };
  await again("globalSignOut", "accessToken");
  // It would kill the access token that the next try needs.
  if (refused || !errors.globalSignOutError?.error.retryable)
    await again("revokeToken", "refreshToken");
  if (errors.hostedUIError && !stored(config).sessions[0]) {
    const { status, logoutUrl, hostedUIError } = /** @type {any} */ (
      await client.signOut(options)
    );
    if (status !== "failed" && !hostedUIError) {
      delete errors.hostedUIError;
      return rest(client, options, wasSignedIn, errors, logoutUrl);
    }
  }
  return rest(client, options, wasSignedIn, errors);
}
