import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
} from "amazon-cognito-identity-js";
import { Amplify } from "aws-amplify";
import {
  confirmSignIn,
  fetchAuthSession,
  forgetDevice,
  getCurrentUser,
  rememberDevice,
  signIn,
  signOut,
} from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { ConsoleLogger } from "aws-amplify/utils";
import {
  InMemoryWebStorage,
  OidcClient,
  WebStorageStateStore,
} from "oidc-client-ts";

import { startLocalCognito } from "../src/index.js";
import { JANE, PASSWORD } from "./support/api.js";
import { Browser, form } from "./support/browser.js";

/** @import { LocalCognito } from "../src/types.d.ts" */

const APP = "http://localhost:5173/";
const MFA_USER = "mfa.user@example.com";
/** @type {LocalCognito} */
let cognito;

// Amplify names the device by the browser's own name, and Node 20 has none.
if (!("navigator" in globalThis))
  Object.assign(globalThis, { navigator: { userAgent: "test" } });
// It warns of every endpoint that is not Amazon's.
ConsoleLogger.LOG_LEVEL = "ERROR";

before(async () => {
  cognito = await startLocalCognito({ callbackUrls: [APP], logoutUrls: [APP] });
});
beforeEach(() => cognito.control.reset());
after(() => cognito.close());

describe("aws-amplify", () => {
  /** @param {string} clientId */
  function configure(clientId) {
    /** @type {Map<string, string>} */
    const items = new Map();
    Amplify.configure({
      Auth: {
        Cognito: {
          userPoolId: cognito.userPoolId,
          userPoolClientId: clientId,
          userPoolEndpoint: cognito.origin,
        },
      },
    });
    cognitoUserPoolsTokenProvider.setKeyValueStorage({
      getItem: async (key) => items.get(key) ?? null,
      setItem: async (key, value) => void items.set(key, value),
      removeItem: async (key) => void items.delete(key),
      clear: async () => items.clear(),
    });
    return items;
  }

  test("signs in by SRP, its default, and out", async () => {
    configure(cognito.clientId);
    const { isSignedIn } = await signIn({ username: JANE, password: PASSWORD });
    assert.equal(isSignedIn, true);
    assert.equal((await getCurrentUser()).username, JANE);
    assert.ok(
      cognito.control
        .requests({ operation: "RespondToAuthChallenge" })
        .every(({ status }) => status === 200),
    );
    await signOut();
    assert.equal(cognito.control.sessions()[0]?.revoked, "RevokeToken");
  });

  test("is told of a wrong password", async () => {
    configure(cognito.clientId);
    await assert.rejects(signIn({ username: JANE, password: "wrong" }), {
      name: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
  });

  test("signs in by password, and ends all sessions", async () => {
    configure(cognito.clientId);
    const other = cognito.control.addSession({ username: JANE });
    await signIn({
      username: JANE,
      password: PASSWORD,
      options: { authFlowType: "USER_PASSWORD_AUTH" },
    });
    await signOut({ global: true });
    assert.equal(cognito.control.isTokenValid(other.refreshToken), false);
    assert.equal(cognito.control.sessions()[1]?.revoked, "GlobalSignOut");
  });

  test("confirms a second factor", async () => {
    configure(cognito.clientId);
    const { nextStep } = await signIn({
      username: MFA_USER,
      password: PASSWORD,
    });
    assert.equal(nextStep.signInStep, "CONFIRM_SIGN_IN_WITH_TOTP_CODE");
    await assert.rejects(confirmSignIn({ challengeResponse: "000000" }), {
      name: "CodeMismatchException",
    });
    const done = await confirmSignIn({ challengeResponse: "123456" });
    assert.equal(done.isSignedIn, true);
    await signOut();
  });

  test("refreshes, with rotation too", async () => {
    const { id } = cognito.control.addClient({ rotation: { graceSeconds: 0 } });
    const items = configure(id);
    await signIn({ username: JANE, password: PASSWORD });
    const refreshToken = () =>
      [...items].find(([key]) => key.endsWith(".refreshToken"))?.[1];
    const first = refreshToken();
    const { tokens } = await fetchAuthSession({ forceRefresh: true });
    assert.ok(tokens);
    assert.notEqual(refreshToken(), first);
    assert.equal(cognito.control.isTokenValid(String(refreshToken())), true);
    await signOut();
  });

  test("keeps a device, proves it at the next sign-in, and forgets it", async () => {
    const { id } = cognito.control.addClient({ devices: "optIn" });
    configure(id);
    await signIn({ username: JANE, password: PASSWORD });
    await rememberDevice();
    const key = cognito.control.sessions()[0]?.deviceKey;
    assert.ok(key);
    await fetchAuthSession({ forceRefresh: true });
    await signOut();
    await signIn({ username: JANE, password: PASSWORD });
    assert.equal(cognito.control.sessions()[1]?.deviceKey, key);
    await forgetDevice();
    await signOut();
  });
});

describe("amazon-cognito-identity-js", () => {
  /** @param {string} username @param {string} clientId */
  function userOf(username, clientId) {
    /** @type {Map<string, string>} */
    const items = new Map();
    const Storage = {
      getItem: (/** @type {string} */ key) => items.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
        void items.set(key, value),
      removeItem: (/** @type {string} */ key) => void items.delete(key),
      clear: () => items.clear(),
    };
    const Pool = new CognitoUserPool({
      UserPoolId: cognito.userPoolId,
      ClientId: clientId,
      endpoint: cognito.origin,
      Storage,
    });
    return new CognitoUser({ Username: username, Pool, Storage });
  }

  /** @param {CognitoUser} user @param {string} username @param {string} password @returns {Promise<string>} what was called back */
  function authenticate(user, username, password) {
    return new Promise((resolve, reject) => {
      const details = new AuthenticationDetails({
        Username: username,
        Password: password,
      });
      user.authenticateUser(details, {
        onSuccess: () => resolve("success"),
        onFailure: reject,
        totpRequired: () => resolve("totp"),
      });
    });
  }

  test("signs in by SRP, refreshes, and signs out everywhere", async () => {
    const user = userOf(JANE, cognito.clientId);
    assert.equal(await authenticate(user, JANE, PASSWORD), "success");
    const session = user.getSignInUserSession();
    assert.ok(session);
    await new Promise((resolve, reject) =>
      user.refreshSession(session.getRefreshToken(), (error, result) =>
        error ? reject(error) : resolve(result),
      ),
    );
    const token = String(
      user.getSignInUserSession()?.getAccessToken().getJwtToken(),
    );
    assert.equal(cognito.control.isTokenValid(token), true);
    await new Promise((resolve, reject) =>
      user.globalSignOut({ onSuccess: resolve, onFailure: reject }),
    );
    assert.equal(cognito.control.isTokenValid(token), false);
  });

  test("signs out by revoking", async () => {
    const user = userOf(JANE, cognito.clientId);
    await authenticate(user, JANE, PASSWORD);
    await new Promise((resolve) => user.signOut(() => resolve(null)));
    assert.equal(cognito.control.sessions()[0]?.revoked, "RevokeToken");
  });

  test("is told of a wrong password", async () => {
    const user = userOf(JANE, cognito.clientId);
    await assert.rejects(authenticate(user, JANE, "wrong"), {
      code: "NotAuthorizedException",
    });
  });

  test("confirms a second factor", async () => {
    const user = userOf(MFA_USER, cognito.clientId);
    assert.equal(await authenticate(user, MFA_USER, PASSWORD), "totp");
    await new Promise((resolve, reject) =>
      user.sendMFACode(
        "123456",
        { onSuccess: resolve, onFailure: reject },
        "SOFTWARE_TOKEN_MFA",
      ),
    );
    assert.equal(cognito.control.sessions()[0]?.username, MFA_USER);
  });

  test("keeps a device and proves it at the next sign-in", async () => {
    const { id } = cognito.control.addClient({ devices: "always" });
    const user = userOf(JANE, id);
    await authenticate(user, JANE, PASSWORD);
    await new Promise((resolve) => user.signOut(() => resolve(null)));
    assert.equal(await authenticate(user, JANE, PASSWORD), "success");
    const [first, second] = cognito.control.sessions();
    assert.ok(first?.deviceKey);
    assert.equal(second?.deviceKey, first.deviceKey);
  });
});

test("oidc-client-ts signs in with the issuer as its authority, and refreshes", async () => {
  const client = new OidcClient({
    authority: cognito.issuer,
    client_id: cognito.clientId,
    redirect_uri: APP,
    scope: "openid email",
    loadUserInfo: true,
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });
  const { url } = await client.createSigninRequest({ state: { to: "/cart" } });
  const browser = new Browser();
  const page = await browser.follow(url);
  const { left } = await browser.follow(
    page.at,
    form({ username: JANE, password: PASSWORD }),
  );
  const response = await client.processSigninResponse(String(left));
  assert.equal(response.profile["cognito:username"], JANE);
  assert.deepEqual(response.userState, { to: "/cart" });
  const fresh = await client.useRefreshToken({
    state: {
      data: null,
      refresh_token: String(response.refresh_token),
      profile: response.profile,
      session_state: null,
      scope: "openid email",
    },
  });
  assert.equal(cognito.control.isTokenValid(fresh.access_token), true);
});
