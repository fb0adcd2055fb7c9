// A web app without a face: it hands the package to the tests, and does what they put into `setup` before it ran.
import * as cs from "cognito-signout";

/**
 * A result as plain data: what its enumerable properties say, and which of the hidden ones are there. No token gets out.
 * @param {any} result
 */
function show(result) {
  if (result == null) return result;
  return {
    ...JSON.parse(JSON.stringify(result)),
    hidden: {
      retry: typeof result.retry,
      refreshToken: typeof result.revokeTokenError?.refreshToken,
      others: result.revokeTokenError?.others?.length ?? 0,
      accessToken: typeof result.globalSignOutError?.accessToken,
    },
  };
}

/**
 * The AuthError that a promise rejects with, as plain data.
 * @param {Promise<unknown>} promise
 */
async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    const named = /** @type {any} */ (error);
    return cs.isAuthError(error)
      ? named.toJSON()
      : { name: "not an AuthError", message: String(error) };
  }
  return null;
}

/**
 * A promise that never settles shows as the text "pending".
 * @param {Promise<any>} promise
 * @param {number} ms
 */
const settled = (promise, ms) =>
  Promise.race([
    promise,
    new Promise((resolve) => setTimeout(() => resolve("pending"), ms)),
  ]);

/** @type {import("cognito-signout").SignedOutEvent[]} */
const heard = [];
cs.onSignedOut((event) => heard.push(event));
Object.assign(globalThis, { cs, show, rejection, settled, heard });

const { config, start } = globalThis.setup ?? {};
if (config) cs.configure(config).catch(() => {});
start?.();
// A page of the tests may have said that it is not.
globalThis.ready ??= true;
