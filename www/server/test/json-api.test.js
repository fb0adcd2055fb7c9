import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";

import { startLocalCognito } from "../src/index.js";
import { fingerprint } from "../src/pool/jwt.js";
import { JANE, call, claims, passwordSignIn } from "./support/api.js";

/** @import { ApiAnswer } from "./support/api.js" */
/** @import { LocalCognito, NewSession } from "../src/types.d.ts" */

/** @type {LocalCognito} */
let cognito;

before(async () => {
  cognito = await startLocalCognito();
});
beforeEach(() => cognito.control.reset());
after(() => cognito.close());

/** @param {Partial<NewSession>} [session] */
function addSession(session) {
  return cognito.control.addSession({ username: JANE, ...session });
}

/** @param {string} token @param {string} [clientId] */
function revoke(token, clientId = cognito.clientId) {
  return call(cognito, "RevokeToken", { Token: token, ClientId: clientId });
}

/** @param {string} token @param {Record<string, string>} [more] */
function refresh(token, more) {
  return call(cognito, "GetTokensFromRefreshToken", {
    RefreshToken: token,
    ClientId: cognito.clientId,
    ...more,
  });
}

/** @param {string} token @param {Record<string, string>} [more] */
function refreshTokenAuth(token, more) {
  return call(cognito, "InitiateAuth", {
    AuthFlow: "REFRESH_TOKEN_AUTH",
    ClientId: cognito.clientId,
    AuthParameters: { REFRESH_TOKEN: token },
    ...more,
  });
}

/** @param {string} token */
function globalSignOut(token) {
  return call(cognito, "GlobalSignOut", { AccessToken: token });
}

/** @param {ApiAnswer} answer @param {string} type @param {string} [message] */
function assertError(answer, type, message) {
  assert.equal(answer.type, `${type}:`);
  assert.equal(answer.status, type === "InternalErrorException" ? 500 : 400);
  assert.equal(answer.body.__type, type);
  assert.equal(answer.body.message, answer.message);
  assert.match(
    String(answer.headers.get("content-type")),
    /^application\/x-amz-json-1\.1$/,
  );
  assert.match(
    String(answer.headers.get("x-amzn-requestid")),
    /^[0-9a-f-]{36}$/,
  );
  if (message !== undefined) assert.equal(answer.message, message);
}

describe("sign-in by password", () => {
  test("gives the tokens of Cognito, with their claims", async () => {
    const { status, body } = await passwordSignIn(cognito);
    assert.equal(status, 200);
    const result = body.AuthenticationResult;
    assert.equal(result.TokenType, "Bearer");
    assert.equal(result.ExpiresIn, 3600);
    const access = claims(result.AccessToken);
    const id = claims(result.IdToken);
    const shared = ["sub", "iss", "origin_jti", "event_id", "auth_time", "iat"];
    for (const name of shared) {
      assert.ok(access[name], name);
      assert.equal(access[name], id[name], name);
    }
    assert.equal(access["iss"], cognito.issuer);
    assert.equal(access["scope"], "aws.cognito.signin.user.admin");
    assert.equal(access["client_id"], cognito.clientId);
    assert.equal(access["exp"], access["iat"] + 3600);
    assert.equal(id["aud"], cognito.clientId);
    assert.equal(id["cognito:username"], JANE);
    assert.notEqual(access["jti"], id["jti"]);
    assert.equal(result.RefreshToken.split(".").length, 5);
  });

  test("works by the user's email, with the username as the name", async () => {
    const user = {
      username: "jd",
      password: "x",
      attributes: { email: "j@d" },
    };
    cognito.control.addUser(user);
    const { body } = await passwordSignIn(cognito, {
      username: "j@d",
      password: "x",
    });
    const { AccessToken } = body.AuthenticationResult;
    assert.equal(claims(AccessToken)["username"], "jd");
    const { body: shown } = await call(cognito, "GetUser", { AccessToken });
    assert.equal(shown.Username, "jd");
    assert.deepEqual(
      shown.UserAttributes.find((/** @type {any} */ a) => a.Name === "email"),
      { Name: "email", Value: "j@d" },
    );
  });

  test("tells no wrong password from an unknown user", async () => {
    for (const who of [{ password: "wrong" }, { username: "nobody" }])
      assertError(
        await passwordSignIn(cognito, who),
        "NotAuthorizedException",
        "Incorrect username or password.",
      );
  });

  test("asks for the code of a second factor", async () => {
    const user = { username: "sms", password: "x", mfaCode: "42" };
    cognito.control.addUser({ ...user, mfa: "SMS_MFA" });
    const { body } = await passwordSignIn(cognito, user);
    assert.equal(body.ChallengeName, "SMS_MFA");
    /** @param {string} code */
    const answer = (code) =>
      call(cognito, "RespondToAuthChallenge", {
        ChallengeName: "SMS_MFA",
        ClientId: cognito.clientId,
        Session: body.Session,
        ChallengeResponses: { USERNAME: "sms", SMS_MFA_CODE: code },
      });
    assertError(await answer("41"), "CodeMismatchException");
    assert.ok((await answer("42")).body.AuthenticationResult.AccessToken);
    assertError(await answer("42"), "NotAuthorizedException");
  });

  test("refuses a flow that the client does not allow, and an unknown client", async () => {
    const { id } = cognito.control.addClient({ authFlows: ["USER_SRP_AUTH"] });
    assertError(
      await passwordSignIn(cognito, { clientId: id }),
      "InvalidParameterException",
      "USER_PASSWORD_AUTH flow not enabled for this client",
    );
    assertError(
      await passwordSignIn(cognito, { clientId: "nobody" }),
      "ResourceNotFoundException",
      "User pool client nobody does not exist.",
    );
  });

  test("a client with a secret needs its hash", async () => {
    const clientId = "withsecret";
    cognito.control.addClient({ id: clientId, secret: "s3cret" });
    assertError(
      await passwordSignIn(cognito, { clientId }),
      "NotAuthorizedException",
      `Client ${clientId} is configured with secret but SECRET_HASH was not received`,
    );
    const hash = createHmac("sha256", "s3cret")
      .update(JANE + clientId)
      .digest("base64");
    const extra = { SECRET_HASH: hash };
    const signedIn = await passwordSignIn(cognito, { clientId, extra });
    const { RefreshToken } = signedIn.body.AuthenticationResult;
    assertError(await revoke(RefreshToken, clientId), "UnauthorizedException");
    assertError(
      await refresh(RefreshToken, { ClientId: clientId }),
      "NotAuthorizedException",
    );
    const secret = { ClientId: clientId, ClientSecret: "s3cret" };
    assert.equal((await refresh(RefreshToken, secret)).status, 200);
    const revoked = await call(cognito, "RevokeToken", {
      ...secret,
      Token: RefreshToken,
    });
    assert.equal(revoked.status, 200);
    assert.equal(cognito.control.isTokenValid(RefreshToken), false);
  });
});

describe("RevokeToken", () => {
  test("ends that session with its access tokens, and no other", async () => {
    const [one, two] = [addSession(), addSession()];
    const { body } = await refresh(one.refreshToken);
    const answer = await revoke(one.refreshToken);
    assert.equal(answer.status, 200);
    assert.equal(answer.text, "");
    for (const token of [
      one.accessToken,
      body.AuthenticationResult.AccessToken,
    ])
      assertError(
        await call(cognito, "GetUser", { AccessToken: token }),
        "NotAuthorizedException",
        "Access Token has been revoked",
      );
    for (const again of [refresh, refreshTokenAuth])
      assertError(
        await again(one.refreshToken),
        "NotAuthorizedException",
        "Refresh Token has been revoked",
      );
    const other = await call(cognito, "GetUser", {
      AccessToken: two.accessToken,
    });
    assert.equal(other.status, 200);
    assert.equal((await refresh(two.refreshToken)).status, 200);
  });

  test("is idempotent, and takes what it never gave", async () => {
    const { refreshToken } = addSession();
    for (const token of [refreshToken, refreshToken, "never.given"])
      assert.equal((await revoke(token)).status, 200);
  });

  test("refuses other tokens, and other clients' tokens", async () => {
    const { accessToken, idToken, refreshToken } = addSession();
    for (const token of [accessToken, idToken])
      assertError(await revoke(token), "UnsupportedTokenTypeException");
    const { id } = cognito.control.addClient({});
    assertError(await revoke(refreshToken, id), "UnauthorizedException");
    assertError(
      await revoke(refreshToken, "nobody"),
      "ResourceNotFoundException",
    );
    assertError(
      await call(cognito, "RevokeToken", { ClientId: id }),
      "InvalidParameterException",
    );
    assert.equal(cognito.control.isTokenValid(refreshToken), true);
  });

  test("switched off: refused, and the tokens carry no origin_jti", async () => {
    const { id } = cognito.control.addClient({ tokenRevocation: false });
    const tokens = addSession({ clientId: id });
    assert.equal("origin_jti" in claims(tokens.accessToken), false);
    assert.equal("origin_jti" in claims(tokens.idToken), false);
    assertError(
      await revoke(tokens.refreshToken, id),
      "UnsupportedOperationException",
    );
    assert.equal((await globalSignOut(tokens.accessToken)).status, 200);
    assert.equal(cognito.control.isTokenValid(tokens.refreshToken), false);
  });
});

describe("GlobalSignOut", () => {
  test("ends all of the user's sessions, of every client, and no one else's", async () => {
    const { id } = cognito.control.addClient({});
    const mine = [addSession(), addSession({ clientId: id }), addSession()];
    const theirs = addSession({ username: "john.roe@example.com" });
    const answer = await globalSignOut(String(mine[0]?.accessToken));
    assert.equal(answer.status, 200);
    assert.equal(answer.text, "{}");
    for (const { accessToken, idToken, refreshToken } of mine)
      for (const token of [accessToken, idToken, refreshToken])
        assert.equal(cognito.control.isTokenValid(token), false);
    assert.equal(cognito.control.isTokenValid(theirs.accessToken), true);
    assertError(
      await globalSignOut(String(mine[1]?.accessToken)),
      "NotAuthorizedException",
      "Access Token has been revoked",
    );
  });

  test("needs a good access token", async () => {
    const live = addSession();
    const [header, body, signature] = live.accessToken.split(".");
    const forged = Buffer.from(
      JSON.stringify({ ...claims(live.accessToken), username: "someone" }),
    ).toString("base64url");
    /** @type {[string, string][]} */
    const cases = [
      [
        addSession({ accessTokenExpiresIn: -60 }).accessToken,
        "Access Token has expired",
      ],
      [
        addSession({ scopes: ["openid"] }).accessToken,
        "Access Token does not have required scopes",
      ],
      [
        `${header}.${forged}.${signature}`,
        "Could not verify signature for Access Token",
      ],
      [live.idToken, "Invalid Access Token"],
      [`${header}.${body}`, "Invalid Access Token"],
      ["nonsense", "Invalid Access Token"],
    ];
    for (const [token, message] of cases)
      assertError(
        await globalSignOut(token),
        "NotAuthorizedException",
        message,
      );
    assertError(
      await globalSignOut("a b"),
      "InvalidParameterException",
      "1 validation error detected: Value at 'accessToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-_=.]+",
    );
    assertError(
      await call(cognito, "GlobalSignOut", {}),
      "InvalidParameterException",
    );
    assert.equal(cognito.control.isTokenValid(live.accessToken), true);
  });

  test("of a user who is gone", async () => {
    const { accessToken, refreshToken } = addSession();
    cognito.control.removeUser(JANE);
    assertError(
      await globalSignOut(accessToken),
      "UserNotFoundException",
      "User does not exist.",
    );
    assertError(await refresh(refreshToken), "UserNotFoundException");
  });
});

describe("refreshing", () => {
  test("gives new access and ID tokens of the same session", async () => {
    const first = addSession();
    for (const again of [refresh, refreshTokenAuth]) {
      const { status, body } = await again(first.refreshToken);
      assert.equal(status, 200);
      const result = body.AuthenticationResult;
      assert.equal("RefreshToken" in result, false);
      const before = claims(first.accessToken);
      const now = claims(result.AccessToken);
      assert.notEqual(now["jti"], before["jti"]);
      assert.equal(now["origin_jti"], before["origin_jti"]);
      assert.equal(now["auth_time"], before["auth_time"]);
    }
    const older = { AuthFlow: "REFRESH_TOKEN" };
    const byOldName = await refreshTokenAuth(first.refreshToken, older);
    assert.equal(byOldName.status, 200);
  });

  test("refuses expired, unknown and other clients' tokens", async () => {
    const expired = addSession({ refreshTokenExpiresIn: -1 });
    assertError(
      await refresh(expired.refreshToken),
      "NotAuthorizedException",
      "Refresh Token has expired",
    );
    const { id } = cognito.control.addClient({});
    const live = addSession();
    for (const answer of [
      await refresh("unknown"),
      await refresh(live.accessToken),
      await refresh(live.refreshToken, { ClientId: id }),
    ])
      assertError(answer, "NotAuthorizedException", "Invalid Refresh Token.");
  });

  test("lifetimes are the client's", async () => {
    const { id } = cognito.control.addClient({
      accessTokenSeconds: 300,
      idTokenSeconds: 600,
      refreshTokenSeconds: 7200,
    });
    const { accessToken, idToken, sessionId } = addSession({ clientId: id });
    const lifetime = (/** @type {Record<string, any>} */ c) =>
      c["exp"] - c["iat"];
    assert.equal(lifetime(claims(accessToken)), 300);
    assert.equal(lifetime(claims(idToken)), 600);
    const session = cognito.control.sessions().find((s) => s.id === sessionId);
    const end = Date.parse(String(session?.refreshTokenExpiresAt)) / 1000;
    assert.equal(end, claims(accessToken)["auth_time"] + 7200);
  });

  test("rotation: a new refresh token each time; the old one is spent", async () => {
    const { id } = cognito.control.addClient({ rotation: { graceSeconds: 0 } });
    const client = { ClientId: id };
    const first = addSession({ clientId: id });
    const { body } = await refresh(first.refreshToken, client);
    const second = body.AuthenticationResult.RefreshToken;
    assert.notEqual(second, first.refreshToken);
    assertError(
      await refresh(first.refreshToken, client),
      "RefreshTokenReuseException",
    );
    // Only the newest can be revoked.
    assert.equal((await revoke(first.refreshToken, id)).status, 200);
    assert.equal(cognito.control.isTokenValid(second), true);
    assert.equal((await revoke(second, id)).status, 200);
    assert.equal(cognito.control.isTokenValid(second), false);
    assert.equal(cognito.control.isTokenValid(first.accessToken), false);
  });

  test("rotation with a grace period: the old one works on, and revokes", async () => {
    const { id } = cognito.control.addClient({
      rotation: { graceSeconds: 60 },
    });
    const first = addSession({ clientId: id });
    for (let times = 0; times < 2; times += 1) {
      const answer = await refresh(first.refreshToken, { ClientId: id });
      assert.equal(answer.status, 200);
    }
    assert.equal(cognito.control.isTokenValid(first.refreshToken), true);
    await revoke(first.refreshToken, id);
    assert.equal(cognito.control.sessions()[0]?.revoked, "RevokeToken");
    assert.equal(cognito.control.sessions()[0]?.refreshTokens, 3);
  });

  test("rotation: the old one is spent when its grace period is over", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const { id } = cognito.control.addClient({
      rotation: { graceSeconds: 60 },
    });
    const { refreshToken } = addSession({ clientId: id });
    await refresh(refreshToken, { ClientId: id });
    t.mock.timers.setTime(Date.now() + 59_999);
    // Another use does not make it longer.
    await refresh(refreshToken, { ClientId: id });
    assert.equal(cognito.control.isTokenValid(refreshToken), true);
    t.mock.timers.setTime(Date.now() + 1);
    assertError(
      await refresh(refreshToken, { ClientId: id }),
      "RefreshTokenReuseException",
    );
    const state = cognito.control.token(fingerprint(refreshToken));
    assert.equal(state.known && state.reason, "rotated");
  });

  test("with rotation tokens carry origin_jti, without revocation too", () => {
    const { id } = cognito.control.addClient({
      tokenRevocation: false,
      rotation: { graceSeconds: 0 },
    });
    const { accessToken, idToken, sessionId } = addSession({ clientId: id });
    for (const token of [accessToken, idToken])
      assert.equal(claims(token)["origin_jti"], sessionId);
  });

  test("rotation refuses REFRESH_TOKEN_AUTH", async () => {
    const { id } = cognito.control.addClient({ rotation: { graceSeconds: 0 } });
    const { refreshToken } = addSession({ clientId: id });
    assertError(
      await refreshTokenAuth(refreshToken, { ClientId: id }),
      "UnsupportedOperationException",
    );
  });
});

describe("devices", () => {
  test("a remembered device's refresh needs its key", async () => {
    const { deviceKey, refreshToken } = addSession({ rememberedDevice: true });
    assert.ok(deviceKey);
    for (const more of [undefined, { DeviceKey: "another" }])
      assertError(
        await refresh(refreshToken, more),
        "NotAuthorizedException",
        "Invalid Refresh Token.",
      );
    assert.equal(
      (await refresh(refreshToken, { DeviceKey: deviceKey })).status,
      200,
    );
  });

  test("ForgetDevice forgets it, once, for its owner only", async () => {
    const { accessToken, deviceKey } = addSession({ rememberedDevice: true });
    const other = addSession({ username: "john.roe@example.com" });
    /** @param {string} token */
    const forget = (token) =>
      call(cognito, "ForgetDevice", {
        AccessToken: token,
        DeviceKey: deviceKey,
      });
    const missing = /** @type {const} */ ([
      "ResourceNotFoundException",
      "Device does not exist.",
    ]);
    assertError(await forget(other.accessToken), ...missing);
    const answer = await forget(accessToken);
    assert.deepEqual([answer.status, answer.text], [200, ""]);
    assertError(await forget(accessToken), ...missing);
  });

  test("an unknown device key at sign-in does not exist", async () => {
    const { id } = cognito.control.addClient({ devices: "always" });
    const extra = { DEVICE_KEY: "us-east-1_unknown" };
    assertError(
      await passwordSignIn(cognito, { clientId: id, extra }),
      "ResourceNotFoundException",
      "Device does not exist.",
    );
  });
});

describe("what is no proper call", () => {
  test("is refused in Cognito's form", async () => {
    assertError(await call(cognito, "SignUp", {}), "UnknownOperationException");
    const response = await fetch(cognito.origin, {
      method: "POST",
      headers: {
        "x-amz-target": "AWSCognitoIdentityProviderService.RevokeToken",
      },
      body: "{",
    });
    assert.equal(response.status, 400);
    assert.equal(
      response.headers.get("x-amzn-errortype"),
      "SerializationException:",
    );
  });

  test("SRP_A that is no number of the group", async () => {
    for (const SRP_A of ["0", "xyz"])
      assertError(
        await call(cognito, "InitiateAuth", {
          AuthFlow: "USER_SRP_AUTH",
          ClientId: cognito.clientId,
          AuthParameters: { USERNAME: JANE, SRP_A },
        }),
        "InvalidParameterException",
      );
  });
});

describe("CORS", () => {
  const headers = {
    origin: "https://app.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,x-amz-target",
  };

  test("preflight of the JSON API", async () => {
    const response = await fetch(cognito.origin, {
      method: "OPTIONS",
      headers,
    });
    assert.equal(response.status, 200);
    const cors = [...response.headers].filter(([name]) =>
      name.startsWith("access-control-"),
    );
    assert.deepEqual(Object.fromEntries(cors), {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type,x-amz-target",
      "access-control-expose-headers":
        "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
      "access-control-max-age": "172800",
    });
  });

  test("answers, good and bad, are readable from any origin, without credentials", async () => {
    for (const input of [{ Token: "x", ClientId: cognito.clientId }, {}]) {
      const answer = await call(cognito, "RevokeToken", input);
      const cors = [...answer.headers].filter(([name]) =>
        name.startsWith("access-control-"),
      );
      assert.deepEqual(Object.fromEntries(cors), {
        "access-control-allow-origin": "*",
        "access-control-expose-headers":
          "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
      });
    }
  });

  test("pages that people navigate to allow none", async () => {
    for (const path of ["/oauth2/authorize", "/logout", "/login"]) {
      const response = await fetch(cognito.origin + path, {
        headers,
        redirect: "manual",
      });
      assert.equal(response.headers.get("access-control-allow-origin"), null);
    }
  });
});
