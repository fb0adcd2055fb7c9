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

test("it prints its addresses and what to configure, and serves", async () => {
  const child = start(
    ["--port=0", "--https-port=0", "--app-port=3000", "--user=me:pw:x"].concat([
      "--logout-url",
      "http://localhost:3000/bye",
    ]),
  );
  try {
    let text = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      text += chunk;
      if (text.includes("});")) break;
    }
    const origin = /http:\/\/localhost:\d+/.exec(text)?.[0];
    assert.ok(origin);
    assert.match(text, /https:\/\/localhost:\d+/);
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
