import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { createRemoteJWKSet, jwtVerify } from "jose";

import { startLocalCognito } from "../src/index.js";
import { JANE, PASSWORD, call, claims } from "./support/api.js";
import { Browser, authorizeUrl, form, pkce } from "./support/browser.js";

/** @import { LocalCognito } from "../src/types.d.ts" */

const APP = "http://localhost:5173/";
/** @type {LocalCognito} */
let cognito;

before(async () => {
  cognito = await startLocalCognito({ callbackUrls: [APP], logoutUrls: [APP] });
});
beforeEach(() => cognito.control.reset());
after(() => cognito.close());

/**
 * Signs in on the page and comes back with the code.
 * @param {Browser} browser
 * @param {Record<string, string>} [fields]
 * @param {string} [username]
 */
async function signIn(browser, fields, username = JANE) {
  const page = await browser.follow(authorizeUrl(cognito, fields));
  assert.equal(page.response.status, 200);
  assert.match(await page.response.text(), /<h1>Sign in<\/h1>/);
  const posted = await browser.follow(
    page.at,
    form({ username, password: PASSWORD }),
  );
  assert.ok(posted.left, "left for the app");
  return posted.left;
}

/** @param {Record<string, string>} fields */
async function token(fields) {
  const response = await fetch(
    `${cognito.origin}/oauth2/token`,
    form({ client_id: cognito.clientId, ...fields }),
  );
  return { response, body: /** @type {any} */ (await response.json()) };
}

/** @param {URL} back @param {string} [verifier] */
function redeem(back, verifier) {
  return token({
    grant_type: "authorization_code",
    code: String(back.searchParams.get("code")),
    redirect_uri: APP,
    ...(verifier ? { code_verifier: verifier } : {}),
  });
}

describe("signing in", () => {
  test("code flow with PKCE: state, scopes, nonce and claims come back", async () => {
    const browser = new Browser();
    const { verifier, challenge } = pkce();
    const back = await signIn(browser, {
      state: "a state",
      nonce: "a nonce",
      scope: "openid email",
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    assert.equal(back.origin + back.pathname, APP);
    assert.deepEqual([...back.searchParams.keys()].sort(), ["code", "state"]);
    assert.equal(back.searchParams.get("state"), "a state");

    const { response, body } = await redeem(back, verifier);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.equal(
      response.headers.get("access-control-allow-credentials"),
      null,
    );
    assert.deepEqual(Object.keys(body).sort(), [
      "access_token",
      "expires_in",
      "id_token",
      "refresh_token",
      "token_type",
    ]);
    const access = claims(body.access_token);
    assert.equal(access["scope"], "openid email");
    assert.equal(access["token_use"], "access");
    assert.equal(access["username"], JANE);
    assert.equal(access["client_id"], cognito.clientId);
    const keys = createRemoteJWKSet(
      new URL(`${cognito.issuer}/.well-known/jwks.json`),
    );
    const { payload } = await jwtVerify(body.id_token, keys, {
      issuer: cognito.issuer,
      audience: cognito.clientId,
    });
    assert.equal(payload["nonce"], "a nonce");
    assert.equal(payload["cognito:username"], JANE);
    assert.equal(payload["token_use"], "id");
    assert.equal(payload["email"], JANE);
    assert.equal(payload["email_verified"], true);
    const [session] = cognito.control.sessions();
    assert.equal(session?.origin, "hostedUI");
    assert.equal(session?.id, access["origin_jti"]);
  });

  test("a wrong PKCE verifier, and a code used twice, are invalid grants", async () => {
    const { verifier, challenge } = pkce();
    const request = {
      code_challenge: challenge,
      code_challenge_method: "S256",
    };
    const wrong = await redeem(
      await signIn(new Browser(), request),
      pkce().verifier,
    );
    assert.equal(wrong.response.status, 400);
    assert.deepEqual(wrong.body, { error: "invalid_grant" });
    const back = await signIn(new Browser(), request);
    assert.equal((await redeem(back, verifier)).response.status, 200);
    assert.deepEqual((await redeem(back, verifier)).body, {
      error: "invalid_grant",
    });
  });

  test("the cookie signs in again without a page", async () => {
    const browser = new Browser();
    await signIn(browser);
    const cookie = browser.cookie("cognito");
    assert.match(String(cookie?.attributes), /httponly/i);
    assert.match(String(cookie?.attributes), /samesite=lax/i);
    assert.equal(cognito.control.hostedUISessions()[0]?.username, JANE);
    const again = await browser.follow(authorizeUrl(cognito));
    assert.ok(again.left?.searchParams.has("code"));
  });

  test("prompt=login asks again, and someone else may sign in", async () => {
    const browser = new Browser();
    await signIn(browser);
    const other = "john.roe@example.com";
    const back = await signIn(browser, { prompt: "login" }, other);
    const { body } = await redeem(back);
    assert.equal(claims(body.access_token)["username"], other);
    assert.deepEqual(
      cognito.control.hostedUISessions().map(({ username }) => username),
      [other],
    );
  });

  test("a wrong password shows the page again", async () => {
    const browser = new Browser();
    const page = await browser.follow(authorizeUrl(cognito));
    const posted = await browser.follow(
      page.at,
      form({ username: JANE, password: "wrong" }),
    );
    assert.equal(posted.left, null);
    assert.match(
      await posted.response.text(),
      /Incorrect username or password/,
    );
    assert.equal(browser.cookie("cognito")?.value, undefined);
  });

  test("a user with a second factor is asked for the code", async () => {
    const browser = new Browser();
    const page = await browser.follow(authorizeUrl(cognito));
    const asked = await browser.follow(
      page.at,
      form({ username: "mfa.user@example.com", password: PASSWORD }),
    );
    const text = await asked.response.text();
    const ticket = String(/name="ticket" value="([^"]+)"/.exec(text)?.[1]);
    const wrong = await browser.follow(
      page.at,
      form({ ticket, code: "000000" }),
    );
    assert.match(await wrong.response.text(), /Invalid code/);
    const right = await browser.follow(
      page.at,
      form({ ticket, code: "123456" }),
    );
    assert.ok(right.left?.searchParams.has("code"));
  });

  test("one click on a name signs that user in; a second factor is asked for", async () => {
    const browser = new Browser();
    const page = await browser.follow(authorizeUrl(cognito));
    const text = await page.response.text();
    for (const { username } of cognito.control.users())
      assert.ok(text.includes(`name="one_click" value="${username}"`));
    assert.ok(text.includes("password Passw0rd!, code 123456"));
    const nobody = await browser.follow(page.at, form({ one_click: "nobody" }));
    assert.equal(nobody.response.status, 400);
    const { left } = await browser.follow(page.at, form({ one_click: JANE }));
    assert.ok(left);
    const { body } = await redeem(left);
    assert.equal(claims(body.access_token)["username"], JANE);

    const other = new Browser();
    const again = await other.follow(authorizeUrl(cognito));
    const asked = await other.follow(
      again.at,
      form({ one_click: "mfa.user@example.com" }),
    );
    const code = await asked.response.text();
    assert.match(code, /<h1>Enter your code<\/h1>/);
    assert.ok(code.includes('name="code" value="123456"'));
  });

  test("names and passwords are escaped on the page", async () => {
    const name = `<b>"jane'&`;
    cognito.control.addUser({ username: name, password: "<i>&" });
    const browser = new Browser();
    const page = await browser.follow(authorizeUrl(cognito));
    const text = await page.response.text();
    assert.ok(text.includes("&#60;b&#62;&#34;jane&#39;&#38;"));
    assert.ok(text.includes("password &#60;i&#62;&#38;"));
    assert.ok(!text.includes(name) && !text.includes("<i>"));
    const posted = await browser.follow(page.at, form({ one_click: name }));
    assert.ok(posted.left?.searchParams.has("code"));
  });

  test("no scope asked for: all that the client may have", async () => {
    const url = new URL(authorizeUrl(cognito));
    url.searchParams.delete("scope");
    const browser = new Browser();
    const page = await browser.follow(url);
    const { left } = await browser.follow(
      page.at,
      form({ username: JANE, password: PASSWORD }),
    );
    assert.ok(left);
    const { body } = await redeem(left);
    assert.match(claims(body.access_token)["scope"], /signin\.user\.admin/);
  });

  for (const url of [
    "http://shop.localhost:8080/a?b=c",
    "https://app.example/callback",
    "myapp://callback",
  ])
    test(`any registered callback will do, also one registered later: ${url}`, async () => {
      const id = "changing";
      const ask = { client_id: id, redirect_uri: url };
      cognito.control.addClient({ id, callbackUrls: [APP] });
      await signIn(new Browser(), { ...ask, redirect_uri: APP });
      cognito.control.addClient({ id, callbackUrls: [url, APP] });
      const back = await signIn(new Browser(), ask);
      assert.ok(back.href.startsWith(url));
      assert.ok(back.searchParams.has("code"));
    });

  test("a frame and a fetch do not carry the cookie", async () => {
    const browser = new Browser();
    await signIn(browser);
    for (const target of ["iframe", "empty"]) {
      const response = await browser.open(authorizeUrl(cognito), {
        headers: { "sec-fetch-dest": target },
      });
      assert.match(String(response.headers.get("location")), /^\/login\//);
    }
    assert.equal(cognito.control.hostedUISessions().length, 1);
  });

  for (const [
    what,
    change,
  ] of /** @type {[string, Record<string, string>][]} */ ([
    ["redirect_mismatch", { redirect_uri: "http://localhost:5174/" }],
    ["Client does not exist.", { client_id: "nobody" }],
    [
      "Required String parameter &#39;redirect_uri&#39; is not present",
      { redirect_uri: "" },
    ],
  ]))
    test(`an authorization request is refused by a page: ${what}`, async () => {
      const response = await fetch(authorizeUrl(cognito, change), {
        redirect: "manual",
      });
      assert.equal(response.status, 400);
      assert.ok((await response.text()).includes(what));
    });
});

describe("/logout", () => {
  /** @param {Browser} browser @param {Record<string, string>} query @param {RequestInit} [init] */
  function logout(browser, query, init) {
    const search = new URLSearchParams(query);
    return browser.open(`${cognito.origin}/logout?${search}`, init);
  }

  test("logout_uri: the cookie goes, no state comes back, the next sign-in asks", async () => {
    const browser = new Browser();
    await signIn(browser);
    const response = await logout(browser, {
      client_id: cognito.clientId,
      logout_uri: APP,
      state: "a state",
      post_logout_redirect_uri: "http://localhost:9/",
      id_token_hint: "ignored",
    });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), APP);
    assert.equal(browser.cookie("cognito"), undefined);
    assert.deepEqual(cognito.control.hostedUISessions(), []);
    const again = await browser.follow(authorizeUrl(cognito));
    assert.match(await again.response.text(), /Password/);
  });

  test("redirect_uri: signs out, then shows the sign-in page, which keeps the state", async () => {
    const browser = new Browser();
    await signIn(browser);
    const query = new URLSearchParams({
      client_id: cognito.clientId,
      redirect_uri: APP,
      response_type: "code",
      state: "kept",
      scope: "openid",
    });
    const page = await browser.follow(`${cognito.origin}/logout?${query}`);
    assert.deepEqual(cognito.control.hostedUISessions(), []);
    assert.match(await page.response.text(), /Password/);
    const { left } = await browser.follow(
      page.at,
      form({ username: JANE, password: PASSWORD }),
    );
    assert.equal(left?.searchParams.get("state"), "kept");
  });

  for (const [
    what,
    change,
  ] of /** @type {[string, Record<string, string>][]} */ ([
    ["redirect_mismatch", { logout_uri: "http://localhost:5174/" }],
    ["redirect_mismatch", { logout_uri: `${APP}#` }],
    ["Client does not exist.", { client_id: "nobody" }],
    [
      "Required String parameter &#39;client_id&#39; is not present",
      { client_id: "" },
    ],
    [
      "Required String parameter &#39;redirect_uri&#39; is not present",
      { logout_uri: "", post_logout_redirect_uri: APP },
    ],
    [
      "Required String parameter &#39;response_type&#39; is not present",
      { logout_uri: "", redirect_uri: APP },
    ],
    [
      "redirect_mismatch",
      {
        logout_uri: "",
        redirect_uri: "http://localhost:5174/",
        response_type: "code",
      },
    ],
  ]))
    test(`refused, and still signed in: ${what} for ${JSON.stringify(change)}`, async () => {
      const browser = new Browser();
      await signIn(browser);
      const response = await logout(browser, {
        client_id: cognito.clientId,
        logout_uri: APP,
        ...change,
      });
      const text = await response.text();
      assert.equal(response.status, 400);
      assert.match(String(response.headers.get("content-type")), /^text\/html/);
      assert.ok(
        text.includes("An error was encountered with the requested page."),
      );
      assert.ok(text.includes(what), what);
      assert.ok(!/<a |<form|refresh/.test(text), "no way back");
      assert.equal(cognito.control.hostedUISessions().length, 1);
    });

  /** What the emulator adds below Cognito's own page. @param {Record<string, string>} query */
  async function remark(query) {
    const response = await logout(new Browser(), query);
    const text = await response.text();
    assert.equal(response.status, 400);
    const [cognitos = "", ours = ""] = text.split("</main>");
    assert.ok(!cognitos.includes("<dl>"));
    return ours
      .replace(/<[^>]*>/g, "")
      .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
      .split("\n")
      .filter((line) => line !== "");
  }

  const ABOUT = [
    "What the local Cognito adds",
    "Amazon Cognito does not show this part.",
  ];
  const FOOTER =
    "This is a local Cognito, for development. Use no real password here.";
  const ANOTHER = "http://localhost:5174/bye";
  const COMPARES = "Cognito compares these URLs character by character.";

  for (const [sent, advice] of [
    ["http://localhost:5173", `Only the slash at the end differs from ${APP}.`],
    ["http://localhost:5173/in", "It is registered as a callback URL only."],
    [
      "http://localhost:5173/?<script>alert(1)</script>&\"'",
      "To register it, start the local Cognito with --logout-url.",
    ],
  ])
    test(`the error page says what was sent and what is registered: ${sent}`, async () => {
      const { id = "" } = cognito.control.addClient({
        callbackUrls: ["http://localhost:5173/in"],
        logoutUrls: [APP, ANOTHER],
      });
      const logoutUri = String(sent);
      assert.deepEqual(await remark({ client_id: id, logout_uri: logoutUri }), [
        ...ABOUT,
        "Sent logout_uri",
        logoutUri,
        `Registered sign-out URLs of app client ${id}`,
        APP,
        ANOTHER,
        `${COMPARES} ${advice}`,
        FOOTER,
      ]);
    });

  test("the error page names the parameters that came, and shows no token", async () => {
    assert.deepEqual(
      await remark({
        client_id: cognito.clientId,
        post_logout_redirect_uri: APP,
        id_token_hint: "a.token",
        "<b>": "<i>",
      }),
      [
        ...ABOUT,
        "Sent client_id",
        cognito.clientId,
        "Sent post_logout_redirect_uri",
        APP,
        "Sent id_token_hint",
        "(not shown)",
        "Sent <b>",
        "(not shown)",
        "Cognito ignores post_logout_redirect_uri. /logout takes logout_uri.",
        FOOTER,
      ],
    );
  });

  test("the error page lists the app clients if there is no such client", async () => {
    cognito.control.addClient({ id: "other" });
    assert.deepEqual(await remark({ client_id: "nobody" }), [
      ...ABOUT,
      "Sent client_id",
      "nobody",
      "Registered app clients",
      cognito.clientId,
      "other",
      FOOTER,
    ]);
  });

  test("in a frame it ends nothing", async () => {
    const browser = new Browser();
    await signIn(browser);
    await logout(
      browser,
      { client_id: cognito.clientId, logout_uri: APP },
      { headers: { "sec-fetch-dest": "iframe" } },
    );
    assert.equal(cognito.control.hostedUISessions().length, 1);
  });

  test("the tokens live on, and a global sign-out leaves the cookie", async () => {
    const browser = new Browser();
    const scope = "openid aws.cognito.signin.user.admin";
    const { body } = await redeem(await signIn(browser, { scope }));
    const answer = await call(cognito, "GlobalSignOut", {
      AccessToken: body.access_token,
    });
    assert.equal(answer.status, 200);
    assert.equal(cognito.control.hostedUISessions().length, 1);
    const again = await redeem(
      await browser
        .follow(authorizeUrl(cognito))
        .then(({ left }) => /** @type {URL} */ (left)),
    );
    await logout(browser, { client_id: cognito.clientId, logout_uri: APP });
    assert.equal(cognito.control.isTokenValid(again.body.access_token), true);
  });
});

describe("tokens of the hosted UI", () => {
  test("have only the scopes asked for: no GlobalSignOut, but RevokeToken and userInfo", async () => {
    const { body } = await redeem(await signIn(new Browser()));
    const refused = await call(cognito, "GlobalSignOut", {
      AccessToken: body.access_token,
    });
    assert.equal(refused.message, "Access Token does not have required scopes");
    const info = () =>
      fetch(`${cognito.origin}/oauth2/userInfo`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      });
    const known = await info();
    assert.equal(known.headers.get("access-control-allow-origin"), "*");
    assert.equal(/** @type {any} */ (await known.json()).email, JANE);
    const revoked = await call(cognito, "RevokeToken", {
      ClientId: cognito.clientId,
      Token: body.refresh_token,
    });
    assert.equal(revoked.status, 200);
    assert.equal((await info()).status, 401);
  });

  test("are refreshed at /oauth2/token until revoked", async () => {
    const { body } = await redeem(await signIn(new Browser()));
    const grant = {
      grant_type: "refresh_token",
      refresh_token: body.refresh_token,
    };
    const fresh = await token(grant);
    assert.equal(fresh.response.status, 200);
    assert.equal("refresh_token" in fresh.body, false);
    const response = await fetch(
      `${cognito.origin}/oauth2/revoke`,
      form({ client_id: cognito.clientId, token: body.refresh_token }),
    );
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "");
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    const dead = await token(grant);
    assert.equal(dead.response.status, 400);
    assert.deepEqual(dead.body, { error: "invalid_grant" });
    assert.equal(cognito.control.isTokenValid(fresh.body.access_token), false);
  });

  test("a client with a secret must give it", async () => {
    const client = { id: "withsecret", secret: "s3cret", callbackUrls: [APP] };
    cognito.control.addClient(client);
    const ask = { client_id: client.id };
    const code = async () =>
      String((await signIn(new Browser(), ask)).searchParams.get("code"));
    const grant = {
      ...ask,
      grant_type: "authorization_code",
      redirect_uri: APP,
    };
    const refused = await token({ ...grant, code: await code() });
    assert.equal(refused.response.status, 400);
    assert.deepEqual(refused.body, { error: "invalid_client" });
    const posted = { ...grant, client_secret: "s3cret", code: await code() };
    assert.equal((await token(posted)).response.status, 200);
    const basic = Buffer.from(`${client.id}:s3cret`).toString("base64");
    const { client_id: _, ...rest } = grant;
    const response = await fetch(`${cognito.origin}/oauth2/token`, {
      ...form({ ...rest, code: await code() }),
      headers: { authorization: `Basic ${basic}` },
    });
    assert.equal(response.status, 200);
  });
});

describe("/oauth2/revoke", () => {
  /** @param {Record<string, string>} fields */
  async function revoke(fields) {
    const response = await fetch(
      `${cognito.origin}/oauth2/revoke`,
      form(fields),
    );
    return [response.status, await response.text()];
  }

  test("answers as documented", async () => {
    const { control, clientId } = cognito;
    const { id } = control.addClient({ tokenRevocation: false });
    const tokens = control.addSession({ username: JANE });
    const own = { client_id: clientId };
    assert.deepEqual(await revoke({ ...own, token: "unknown" }), [200, ""]);
    assert.deepEqual(await revoke(own), [400, '{"error":"invalid_request"}']);
    assert.deepEqual(await revoke({ client_id: id, token: "x" }), [
      400,
      '{"error":"invalid_request"}',
    ]);
    assert.deepEqual(await revoke({ ...own, token: tokens.accessToken }), [
      400,
      '{"error":"unsupported_token_type"}',
    ]);
    assert.deepEqual(await revoke({ client_id: "nobody", token: "x" }), [
      401,
      '{"error":"invalid_client"}',
    ]);
    assert.equal(control.isTokenValid(tokens.refreshToken), true);
    const good = { ...own, token: tokens.refreshToken };
    assert.deepEqual(await revoke(good), [200, ""]);
    assert.deepEqual(await revoke(good), [200, ""]);
    assert.equal(control.isTokenValid(tokens.accessToken), false);
  });
});

test("discovery names the endpoints", async () => {
  const response = await fetch(
    `${cognito.issuer}/.well-known/openid-configuration`,
  );
  const body = /** @type {any} */ (await response.json());
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.equal(body.issuer, cognito.issuer);
  assert.equal(body.end_session_endpoint, `${cognito.origin}/logout`);
  assert.equal(body.revocation_endpoint, `${cognito.origin}/oauth2/revoke`);
});
