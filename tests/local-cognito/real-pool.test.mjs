// scripts/real-pool.mjs, with a local Cognito in the real pool's place: over HTTP there is no other difference.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { startLocalCognito } from "cognito-signout-dev";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";

const USERNAME = "jane.doe@example.com";
const PASSWORD = "Passw0rd!";
const LOGOUT_URL = "http://localhost:5173/signed-out";
const NO_REVOCATION = "clientwithoutrevocation";

/** @type {Awaited<ReturnType<typeof startLocalCognito>>} */
let real;
let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "real-pool-"));
  real = await startLocalCognito({
    logoutUrls: [LOGOUT_URL],
    clients: [{ id: NO_REVOCATION, tokenRevocation: false }],
  });
});
beforeEach(() => real.control.reset());
after(async () => {
  await real.close();
  await rm(folder, { recursive: true });
});

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
async function ask(args, env = {}) {
  const { code, output } = await run(
    process.execPath,
    [inRoot("scripts/real-pool.mjs"), ...args],
    { env, echo: false },
  );
  assert.ok(!output.includes(PASSWORD), "a password is printed");
  assert.doesNotMatch(output, /eyJ[\w-]+\./, "a token is printed");
  /** @param {string} mark */
  const marked = (mark) =>
    [...output.matchAll(new RegExp(`^  ${mark} +(.*)$`, "gm"))].map(
      ([, text = ""]) => text,
    );
  return { code, output, same: marked("true"), different: marked("FALSE") };
}

const pool = () => ["--endpoint", real.origin, "--settle", "0"];
const who = () => ["--client-id", real.clientId, "--username", USERNAME];
const hosted = () => ["--domain", real.origin, "--logout-url", LOGOUT_URL];
const askAll = () =>
  ask(
    [
      ...[...pool(), ...who(), ...hosted()],
      ...["--client-without-revocation", NO_REVOCATION],
    ],
    { COGNITO_PASSWORD: PASSWORD },
  );

test("a pool that answers as the local Cognito does: all is true, and every session has ended", async () => {
  const { code, output, same, different } = await askAll();
  assert.equal(code, 0, output);
  assert.deepEqual(different, []);
  assert.match(
    output,
    new RegExp(
      `tells the truth in ${same.length} of ${same.length} facts; 0 of 8 parts`,
    ),
  );
  for (const fact of [
    "the revoked session's access token: 400 NotAuthorizedException: Access Token has been revoked",
    "another session's access token: 200",
    "RevokeToken: 400 UnsupportedOperationException: Token revocation is not enabled for this client.",
    "error: Access-Control-Allow-Origin: *",
    `a registered logout_uri: 302 to ${LOGOUT_URL}`,
    "an unregistered logout_uri: 400, a page that says: An error was encountered with the requested page; redirect_mismatch",
    "GlobalSignOut again: 400 NotAuthorizedException: Access Token has been revoked",
  ])
    assert.ok(same.includes(fact), fact);
  assert.notEqual(real.control.sessions().length, 0);
  for (const { revoked } of real.control.sessions())
    assert.notEqual(revoked, false);
});

for (const [what, fault, lies] of /** @type {const} */ ([
  [
    "another text",
    {
      operation: "RevokeToken",
      clientId: NO_REVOCATION,
      answer: { type: "UnsupportedOperationException", message: "Not here." },
    },
    ["RevokeToken"],
  ],
  [
    "a revocation that does not happen",
    { operation: "RevokeToken", answer: { status: 200 } },
    [
      "the revoked session's access token",
      "the revoked session's refresh token",
      "the same by REFRESH_TOKEN_AUTH",
      "RevokeToken",
      "RevokeToken with an access token",
      "RevokeToken for a client that does not exist",
    ],
  ],
  [
    "a global sign-out that does not happen",
    { operation: "GlobalSignOut", answer: { status: 200, body: "{}" } },
    [
      "GlobalSignOut with a token that is none",
      "GlobalSignOut with characters that no token has",
      "GlobalSignOut with a forged signature",
      "GlobalSignOut again",
      "this session's access token",
      "this session's refresh token",
      "another session's access token",
      "another session's refresh token",
    ],
  ],
  [
    "errors that a page can't read",
    { operation: "GetUser", noCors: true },
    [
      "success: Access-Control-Allow-Origin",
      "success: Access-Control-Expose-Headers",
      "error: Access-Control-Allow-Origin",
      "error: Access-Control-Expose-Headers",
    ],
  ],
  [
    "a hosted UI that redirects to any URL",
    {
      operation: "/logout",
      answer: {
        status: 302,
        headers: { location: "https://unregistered.example/signed-out" },
      },
    },
    [
      "a registered logout_uri",
      "an unregistered logout_uri",
      "no logout_uri",
      "post_logout_redirect_uri in its place",
      "a client that does not exist",
    ],
  ],
]))
  test(`a pool with another answer: ${what}`, async () => {
    real.control.addFault(fault);
    const { code, output, different } = await askAll();
    assert.equal(code, 1, output);
    assert.deepEqual(different, lies);
    assert.match(output, /^ +real: +.+\n +local: +.+$/m);
  });

test("tokens in place of a password: each session is used once, and none is printed", async () => {
  const sessions = [1, 2, 3, 4].map(() =>
    real.control.addSession({ username: USERNAME }),
  );
  const file = join(folder, "tokens.json");
  await writeFile(file, JSON.stringify(sessions));
  // Even where the pool says it.
  real.control.addFault({
    operation: "GlobalSignOut",
    answer: {
      type: "NotAuthorizedException",
      message: `No ${sessions[3]?.accessToken}, no ${sessions[3]?.refreshToken}.`,
    },
  });
  const { code, output, same, different } = await ask([
    ...[...pool(), ...who()],
    ...["--tokens", file],
  ]);
  assert.equal(code, 1, output);
  assert.equal(different.length, 3, output);
  assert.ok(output.includes("real:  400 NotAuthorizedException: No …, no …."));
  assert.ok(same.includes("RevokeToken: 200"));
  assert.match(output, /not checked: the file of tokens has no more sessions/);
  assert.match(output, /not checked: name the hosted UI by --domain/);
  assert.equal(real.control.sessions().length, sessions.length);
});

test("a client that rotates its refresh tokens", async () => {
  const { id = "" } = real.control.addClient({ rotation: { graceSeconds: 0 } });
  const { code, output, same } = await ask(
    [
      ...pool(),
      ...["--client-id", id, "--username", USERNAME, "--rotation", "0"],
    ],
    { COGNITO_PASSWORD: PASSWORD },
  );
  assert.equal(code, 0, output);
  assert.ok(
    same.some((fact) =>
      /^the same by REFRESH_TOKEN_AUTH: 400 Unsupported/.test(fact),
    ),
    output,
  );
});

test("the options may come from the environment", async () => {
  const { code, output } = await ask([], {
    COGNITO_ENDPOINT: real.origin,
    COGNITO_CLIENT_ID: real.clientId,
    COGNITO_USERNAME: USERNAME,
    COGNITO_PASSWORD: PASSWORD,
    COGNITO_SETTLE: "0",
  });
  assert.equal(code, 0, output);
});

for (const [what, args, env, message] of /** @type {const} */ ([
  ["no pool", [], {}, "Name the pool by --region or --endpoint.\n"],
  [
    "no password",
    ["--region", "eu-west-1", "--client-id", "a", "--username", "b"],
    {},
    "Give the password in COGNITO_PASSWORD, or --tokens.\n",
  ],
  [
    "a region that is none",
    ["--region", "x/", "--client-id", "a", "--username", "b"],
    { COGNITO_PASSWORD: PASSWORD },
    '"x/" is no region.\n',
  ],
  [
    "a password on the command line",
    ["--password", PASSWORD],
    {},
    "Unknown option '--password'. --help lists the options.\n",
  ],
]))
  test(`one clear sentence: ${what}`, async () => {
    const { code, output } = await ask([...args], env);
    assert.equal(code, 2);
    assert.equal(output, message);
  });

test("one clear sentence: a sign-in that fails, a pool that does not answer", async () => {
  const args = [...pool(), ...who()];
  const wrong = await ask(args, { COGNITO_PASSWORD: "not the password" });
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.output,
    /failed: 400 NotAuthorizedException: Incorrect username or password\./,
  );
  const mfa = [
    "--client-id",
    real.clientId,
    "--username",
    "mfa.user@example.com",
  ];
  const asked = await ask([...pool(), ...mfa], { COGNITO_PASSWORD: PASSWORD });
  assert.equal(asked.code, 2);
  assert.match(asked.output, /the pool asks for SOFTWARE_TOKEN_MFA/);
  const silent = await ask(["--endpoint", "http://localhost:1", ...who()], {
    COGNITO_PASSWORD: PASSWORD,
  });
  assert.equal(silent.code, 2);
  assert.match(silent.output, /http:\/\/localhost:1 did not answer\./);
});
