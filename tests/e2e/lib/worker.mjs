// A web worker that signs in and out; the static server hands it out as /worker.js.
// @ts-expect-error the server's copy of the package
import * as copy from "/package/index.js";

/** @type {typeof import("cognito-signout")} */
const cs = copy;

addEventListener("message", ({ data: { config, tokens } }) => {
  /** @type {string | undefined} */
  let heard;
  cs.onSignedOut(({ reason }) => (heard = reason));
  const work = async () => {
    const refused = await cs
      .configure(config)
      .catch((error) => [error.code, error.message]);
    await cs.configure({ ...config, storage: "memory" });
    await cs.storeTokens({ ...tokens, signInMethod: "hostedUI" });
    /** @type {any} */
    const result = await cs.signOut();
    /** @type {any} */
    const popup = await cs.signOut({ hostedUI: "popup" });
    postMessage({
      refused,
      heard,
      signedOutLocally: result.signedOutLocally,
      status: result.status,
      hosted: result.hostedUIError?.error.code,
      revoke: result.revokeTokenError?.error.code,
      popup: popup.hostedUIError?.error.code ?? popup.error?.code,
      taken: await cs.takeSignOutResult(),
      signingOut: cs.isSigningOut(),
    });
  };
  void work();
});
