import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { get } from "node:https";
import { after, before, beforeEach, describe, test } from "node:test";

import { startLocalCognito } from "../src/index.js";
import { JANE, call, passwordSignIn } from "./support/api.js";
import { Browser, authorizeUrl } from "./support/browser.js";

/** @import { LocalCognito } from "../src/types.d.ts" */

/** @type {LocalCognito} */
let cognito;

before(async () => {
  cognito = await startLocalCognito({
    httpsPort: 0,
    callbackUrls: ["http://localhost:5173/"],
    logoutUrls: ["http://localhost:5173/"],
    users: [{ username: "mine", password: "own" }],
    clients: [{ id: "also" }],
  });
});
beforeEach(() => cognito.control.reset());
after(() => cognito.close());

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 */
async function control(method, path, body, headers = {}) {
  const response = await fetch(`${cognito.origin}/_control/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  /** @type {any} */
  const value = text === "" ? null : JSON.parse(text);
  return { status: response.status, headers: response.headers, body: value };
}

/** @param {string} token */
const sha256 = (token) => createHash("sha256").update(token).digest("hex");

describe("the control API over HTTP", () => {
  test("info says what to configure", async () => {
    const { origin, httpsOrigin, issuer, userPoolId, clientId } = cognito;
    const { body } = await control("GET", "info");
    assert.deepEqual(body, {
      origin,
      httpsOrigin,
      issuer,
      userPoolId,
      clientId,
      configure: {
        userPoolId,
        userPoolClientId: clientId,
        userPoolEndpoint: origin,
        hostedUI: {
          domain: origin,
          redirectSignOut: ["http://localhost:5173/"],
        },
      },
    });
  });

  test("users and clients come and go, without passwords and secrets", async () => {
    const user = {
      username: "a b/c",
      password: "the pass word",
      mfa: "SMS_MFA",
    };
    const added = await control("POST", "users", user);
    assert.equal(added.status, 200);
    assert.equal(added.body.mfaCode, "123456");
    const client = {
      secret: "the client secret",
      rotation: { graceSeconds: 5 },
    };
    const { body } = await control("POST", "clients", client);
    assert.match(body.id, /^[a-z0-9]{26}$/);
    assert.deepEqual(body.rotation, { graceSeconds: 5 });
    const listed = [
      (await control("GET", "users")).body,
      (await control("GET", "clients")).body,
    ];
    assert.doesNotMatch(
      JSON.stringify(listed),
      /pass word|client secret|Passw0rd/,
    );
    const name = encodeURIComponent(user.username);
    assert.equal((await control("DELETE", `users/${name}`)).status, 200);
    assert.equal((await control("DELETE", `users/${name}`)).status, 404);
    assert.equal((await control("DELETE", `clients/${body.id}`)).status, 200);
    assert.equal((await control("DELETE", `clients/${body.id}`)).status, 404);
  });

  test("sessions: made, seen, ended behind the app's back", async () => {
    const made = await control("POST", "sessions", {
      username: JANE,
      origin: "hostedUI",
    });
    const tokens = made.body;
    const query = `sessions?username=${JANE}&clientId=${cognito.clientId}`;
    const { body } = await control("GET", query);
    assert.equal(body.length, 1);
    assert.equal(body[0].id, tokens.sessionId);
    assert.equal(body[0].revoked, false);
    assert.deepEqual(body[0].scopes, ["openid"]);
    assert.equal((await control("GET", "sessions?username=x")).body.length, 0);
    const state = () => control("GET", `tokens/${sha256(tokens.refreshToken)}`);
    assert.deepEqual((await state()).body, {
      known: true,
      use: "refresh",
      valid: true,
      sessionId: tokens.sessionId,
    });
    await control("DELETE", `sessions/${tokens.sessionId}`);
    assert.equal((await state()).body.reason, "revoked");
    assert.equal(cognito.control.sessions()[0]?.revoked, "control");
    assert.deepEqual((await control("GET", "tokens/00")).body, {
      known: false,
    });
  });

  test("faults are set and cleared", async () => {
    const fault = { operation: "RevokeToken", silence: true };
    const { body } = await control("POST", "faults", fault);
    assert.deepEqual(body, { ...fault, id: body.id, seen: 0, left: null });
    assert.equal((await control("GET", "faults")).body.length, 1);
    await control("DELETE", "faults?operation=GetUser");
    assert.equal((await control("GET", "faults")).body.length, 1);
    await control("DELETE", `faults/${body.id}`);
    assert.deepEqual((await control("GET", "faults")).body, []);
  });

  test("bad requests get one sentence", async () => {
    /** @type {[string, string, unknown, number][]} */
    const cases = [
      ["POST", "users", { username: "x" }, 400],
      ["POST", "users", undefined, 400],
      ["POST", "clients", { callbackUrls: ["not a url"] }, 400],
      ["POST", "clients", { rotation: { graceSeconds: 61 } }, 400],
      ["POST", "clients", { scopes: ["other"] }, 400],
      ["POST", "sessions", { username: "nobody" }, 404],
      ["POST", "faults", [], 400],
      ["GET", "nothing", undefined, 404],
      ["DELETE", "sessions/none", undefined, 404],
      ["DELETE", "faults/99", undefined, 404],
    ];
    for (const [method, path, sent, status] of cases) {
      const answer = await control(method, path, sent);
      assert.equal(answer.status, status, `${method} ${path}`);
      assert.match(answer.body.error, /^[^.].*\.$/);
    }
  });

  test("open to pages of this machine, closed to all others", async () => {
    for (const origin of [
      "http://localhost:5173",
      "http://shop.localhost:1",
      "https://127.0.0.1",
      "http://[::1]:2",
    ]) {
      const { headers, status } = await control("GET", "users", undefined, {
        origin,
      });
      assert.equal(status, 200);
      assert.equal(headers.get("access-control-allow-origin"), origin);
      const preflight = await control("OPTIONS", "users", undefined, {
        origin,
      });
      assert.match(
        String(preflight.headers.get("access-control-allow-methods")),
        /DELETE/,
      );
    }
    for (const origin of [
      "https://example.com",
      "http://localhost.example.com",
      "null",
    ])
      for (const method of ["GET", "OPTIONS"]) {
        const answer = await control(method, "users", undefined, { origin });
        assert.equal(answer.status, 403);
        assert.equal(answer.headers.get("access-control-allow-origin"), null);
      }
  });

  test("a name that is neither this machine's nor Amazon's own gets nothing", async () => {
    const { port } = new URL(cognito.origin);
    /** @param {string} host */
    const statusOf = (host) =>
      new Promise((resolve, reject) => {
        const headers = { host };
        request({ port, host: "127.0.0.1", headers, path: "/_control/users" })
          .on("response", (response) => resolve(response.resume().statusCode))
          .on("error", reject)
          .end();
      });
    assert.equal(await statusOf(`rebound.example:${port}`), 403);
    assert.equal(await statusOf("cognito-idp.us-east-1.rebound.com"), 403);
    assert.equal(await statusOf("cognito-idp.us-east-1.amazonaws.com"), 200);
  });
});

describe("the log", () => {
  test("has every request, by operation and client, and never a token", async () => {
    const { body } = await passwordSignIn(cognito);
    const { AccessToken, IdToken, RefreshToken } = body.AuthenticationResult;
    await fetch(cognito.origin, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:5173" },
    });
    await call(cognito, "GetUser", { AccessToken });
    await call(cognito, "InitiateAuth", {
      AuthFlow: "REFRESH_TOKEN_AUTH",
      ClientId: cognito.clientId,
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    });
    await new Browser().follow(authorizeUrl(cognito));
    await call(cognito, "RevokeToken", {
      ClientId: cognito.clientId,
      Token: RefreshToken,
    });
    const logged = cognito.control.requests();
    assert.deepEqual(
      logged.map(({ operation, status, preflight }) => [
        operation,
        status,
        preflight,
      ]),
      [
        ["InitiateAuth", 200, false],
        ["preflight", 200, true],
        ["GetUser", 200, false],
        ["InitiateAuth", 200, false],
        ["/oauth2/authorize", 303, false],
        ["/login", 200, false],
        ["RevokeToken", 200, false],
      ],
    );
    assert.equal(logged[1]?.origin, "http://localhost:5173");
    assert.equal(logged[2]?.clientId, cognito.clientId);
    assert.equal(logged[2]?.token, sha256(AccessToken).slice(0, 16));
    assert.equal(logged[3]?.token, sha256(RefreshToken).slice(0, 16));
    const text = JSON.stringify(logged);
    for (const token of [AccessToken, IdToken, RefreshToken])
      assert.ok(!text.includes(token.slice(-20)));
    const { body: filtered } = await control(
      "GET",
      `requests?operation=RevokeToken&clientId=${cognito.clientId}`,
    );
    assert.equal(filtered.length, 1);
    await control("DELETE", "requests");
    assert.deepEqual(cognito.control.requests(), []);
  });
});

test("reset goes back to the seed, with what was given at the start", async () => {
  const { accessToken } = cognito.control.addSession({ username: "mine" });
  cognito.control.removeUser("mine");
  cognito.control.addFault({ operation: "*", silence: true });
  await control("POST", "reset");
  assert.deepEqual(
    cognito.control.users().map(({ username }) => username),
    [JANE, "john.roe@example.com", "mfa.user@example.com", "mine"],
  );
  assert.deepEqual(
    cognito.control.clients().map(({ id }) => id),
    [cognito.clientId, "also"],
  );
  assert.equal(cognito.control.isTokenValid(accessToken), false);
  assert.deepEqual(cognito.control.faults(), []);
  assert.deepEqual(cognito.control.sessions(), []);
});

describe("servers", () => {
  test("https, with a certificate for localhost", async () => {
    const peer = await new Promise((resolve, reject) => {
      get(`${cognito.httpsOrigin}/`, { rejectUnauthorized: false })
        .on("response", (response) => {
          const { socket } = response.resume();
          resolve(
            /** @type {import("node:tls").TLSSocket} */ (
              socket
            ).getPeerX509Certificate(),
          );
        })
        .on("error", reject);
    });
    assert.equal(peer.checkHost("localhost"), "localhost");
    assert.equal(peer.verify(peer.publicKey), true);
    assert.ok(Date.parse(peer.validTo) > Date.now());
  });

  test("two servers share nothing", async () => {
    const other = await startLocalCognito();
    try {
      const { accessToken } = other.control.addSession({ username: JANE });
      const answer = await call(cognito, "GetUser", {
        AccessToken: accessToken,
      });
      assert.equal(
        answer.message,
        "Could not verify signature for Access Token",
      );
    } finally {
      await other.close();
    }
  });

  test("a port in use is one sentence", async () => {
    const port = Number(new URL(cognito.origin).port);
    await assert.rejects(startLocalCognito({ port }), {
      message: `Port ${port} is already in use.`,
    });
    await assert.rejects(startLocalCognito({ httpsPort: port }), {
      message: `Port ${port} is already in use.`,
    });
  });

  test("close ends open connections, silent ones too", async () => {
    const server = await startLocalCognito();
    server.control.addFault({ operation: "*", silence: true });
    const asked = fetch(`${server.origin}/logout`);
    const lost = assert.rejects(asked);
    while (server.control.requests().length === 0)
      await new Promise((resolve) => setImmediate(resolve));
    await server.close();
    await lost;
  });
});
