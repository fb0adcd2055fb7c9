import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";

const BIN = fileURLToPath(
  new URL("../bin/cognito-signout-dev.js", import.meta.url),
);

/** @param {string[]} args */
function start(args) {
  return spawn(process.execPath, [BIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** @param {string[]} args */
async function run(args) {
  const child = start(args);
  const streams = [child.stdout, child.stderr].map((stream) =>
    stream.setEncoding("utf8").toArray(),
  );
  const [code] = await once(child, "close");
  const [out = [], err = []] = await Promise.all(streams);
  return { code, out: out.join(""), err: err.join("") };
}

/** @param {ReturnType<typeof start>} child @param {string | RegExp} wanted what it prints last @param {string} [text] printed before */
async function printed(child, wanted, text = "") {
  for await (const chunk of child.stdout
    .setEncoding("utf8")
    .iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text))
      break;
  }
  return text;
}

test("it prints its addresses, its users and what to configure, and serves", async () => {
  const child = start(
    ["--port=0", "--https-port=0", "--app-port=3000", "--user=me:pw:x"].concat([
      "--logout-url",
      "http://localhost:3000/bye",
    ]),
  );
  try {
    const text = await printed(child, "});");
    const origin = /http:\/\/localhost:\d+/.exec(text)?.[0];
    assert.ok(origin);
    assert.match(text, /https:\/\/localhost:\d+/);
    for (const line of [
      `Endpoint         ${origin}  (JSON API and hosted UI)`,
      "User pool        us-east-1_LocalDev1",
      "App client       1local2client3for4dev5apps",
      "Callback URLs    http://localhost:3000/",
      "Sign-out URLs    http://localhost:3000/ http://localhost:3000/bye",
      "User                  Password   Code",
      "jane.doe@example.com  Passw0rd!  none",
      "mfa.user@example.com  Passw0rd!  123456",
      "me                    pw:x       none",
    ])
      assert.ok(text.includes(`\n  ${line}\n`), `${line}\n\n${text}`);
    const literal = /await configure\((\{[^]*\})\);/.exec(text)?.[1] ?? "";
    const evaluated = JSON.parse(runInNewContext(`JSON.stringify(${literal})`));
    assert.deepEqual(evaluated, {
      userPoolId: "us-east-1_LocalDev1",
      userPoolClientId: "1local2client3for4dev5apps",
      userPoolEndpoint: origin,
      hostedUI: {
        domain: origin,
        redirectSignOut: [
          "http://localhost:3000/",
          "http://localhost:3000/bye",
        ],
      },
    });
    const signedIn = await fetch(origin, {
      method: "POST",
      headers: {
        "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
      },
      body: JSON.stringify({
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId: evaluated.userPoolClientId,
        AuthParameters: { USERNAME: "me", PASSWORD: "pw:x" },
      }),
    });
    assert.equal(signedIn.status, 200);
  } finally {
    child.kill();
  }
});

test("--verbose prints each request in a line, and no token", async () => {
  const child = start(["--port=0", "--verbose"]);
  try {
    const greeting = await printed(child, "});");
    const origin = String(/http:\/\/localhost:\d+/.exec(greeting)?.[0]);
    const clientId = "1local2client3for4dev5apps";
    /** @param {string} operation @param {Record<string, unknown>} input */
    const call = (operation, input) =>
      fetch(origin, {
        method: "POST",
        headers: {
          "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify(input),
      });
    const answer = await call("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: clientId,
      AuthParameters: {
        USERNAME: "jane.doe@example.com",
        PASSWORD: "Passw0rd!",
      },
    });
    const { AuthenticationResult: tokens } = /** @type {any} */ (
      await answer.json()
    );
    await call("RevokeToken", { ClientId: clientId, Token: "x" });
    await call("GetUser", { AccessToken: tokens.AccessToken });
    // No app should do this.
    await call(tokens.AccessToken, {});
    await call(tokens.AccessToken.split(".")[1], {});
    await fetch(`${origin}/logout?id_token_hint=${tokens.IdToken}`);
    await fetch(`${origin}/${tokens.AccessToken}`);
    await fetch(`${origin}/%1b[31m/last`);

    const text = await printed(child, /last .*\n$/, greeting);
    const lines = text.slice(greeting.length).trim().split("\n");
    assert.deepEqual(
      lines.map((line) => line.replace(/ \d+\.\d ms$/, " <n> ms")),
      [
        "POST / InitiateAuth 200 <n> ms",
        "POST / RevokeToken 200 <n> ms",
        "POST / GetUser 200 <n> ms",
        "POST / 400 <n> ms",
        "POST / … 400 <n> ms",
        "GET /logout 400 <n> ms",
        "GET /… 404 <n> ms",
        "GET /%1b[31m/last 404 <n> ms",
      ],
    );
  } finally {
    child.kill();
  }
});

test("help and version", async () => {
  const help = await run(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.out, /^Usage: cognito-signout-dev/);
  assert.match((await run(["--version"])).out, /^\d+\.\d+\.\d+\n$/);
});

for (const [args, message] of /** @type {[string[], string][]} */ ([
  [["--prot", "1"], "There is no option --prot."],
  [["serve"], '"serve" is not an option.'],
  [["--port"], "--port takes a value."],
  [["--port", "99999"], "--port takes a port from 0 to 65535."],
  [["--user", "me"], "--user takes a name and a password: name:password."],
  [["--logout-url", "/bye"], "--logout-url takes an absolute URL."],
  [["--help=yes"], "--help takes no value."],
]))
  test(`one clear sentence: ${args.join(" ")}`, async () => {
    const { code, out, err } = await run(args);
    assert.equal(code, 2);
    assert.equal(out, "");
    assert.equal(err, `cognito-signout-dev: ${message}\n`);
  });

test("one clear sentence: a port in use", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  assert.ok(typeof address === "object" && address);
  try {
    const { code, err } = await run(["--port", String(address.port)]);
    assert.equal(code, 1);
    assert.equal(
      err,
      `cognito-signout-dev: Port ${address.port} is already in use.\n`,
    );
  } finally {
    taken.close();
  }
});
