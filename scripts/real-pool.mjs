// npm run real-pool -- --help: asks a real user pool what the local Cognito promises, and compares.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { installLocalCognito } from "./lib/local-cognito.mjs";
import { NotChecked, PROMISES } from "./lib/pool-promises.mjs";
import { PoolUnderTest } from "./lib/pool-under-test.mjs";
import { Failure, main } from "./lib/run.mjs";

/**
 * @import { Facts } from "./lib/pool-promises.mjs"
 * @import { PoolOptions, Tokens } from "./lib/pool-under-test.mjs"
 */

const USAGE = `Usage: npm run real-pool -- <options>

Makes the same requests to a real user pool and to the local Cognito, and says for each answer
whether the local Cognito tells the truth. It ends ALL sessions of the user: name a test user.
It makes one sign-in with a wrong password. It prints no token and no password.

  --region <region>                  the pool's region, or
  --endpoint <url>                   the endpoint of its JSON API
  --client-id <id>                   an app client without a secret
  --username <name>                  a user without a second factor
  --client-without-revocation <id>   one more app client, with token revocation switched off
  --rotation <seconds>               refresh token rotation is on, with this grace period
  --domain <url>                     the hosted UI's domain
  --logout-url <url>                 a sign-out URL that is registered for the client
  --tokens <file>                    in place of a password: a JSON file of sessions to use up,
                                     [{ "accessToken": "...", "refreshToken": "..." }, ...]
  --settle <ms>                      how long a revocation may take to be known (2000)

Each option can be given in the environment, such as COGNITO_CLIENT_ID for --client-id.
The password is taken from COGNITO_PASSWORD alone, since a command line is kept in files.

Exit code: 0 if all facts are the same, 1 if one differs, 2 if the pool could not be asked.
`;

const OPTIONS = [
  "region",
  "endpoint",
  "client-id",
  "username",
  "client-without-revocation",
  "rotation",
  "domain",
  "logout-url",
  "tokens",
  "settle",
];

/** @param {string[]} args @returns {Record<string, string | undefined>} */
function given(args) {
  const options = Object.fromEntries(
    OPTIONS.map((name) => [name, { type: /** @type {const} */ ("string") }]),
  );
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    // Of Node's explanation, the first sentence is about the option.
    const [text = ""] = String(/** @type {Error} */ (error).message).split(
      ". ",
    );
    throw new Failure(`${text}. --help lists the options.`);
  }
  return Object.fromEntries(
    OPTIONS.map((name) => {
      const variable = `COGNITO_${name.toUpperCase().replaceAll("-", "_")}`;
      return [name, values[name] ?? (process.env[variable] || undefined)];
    }),
  );
}

/** @param {string} region */
function endpointOf(region) {
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(region))
    throw new Failure(`"${region}" is no region.`);
  const suffix = region.startsWith("cn-")
    ? "amazonaws.com.cn"
    : region.startsWith("eusc-")
      ? "amazonaws.eu"
      : "amazonaws.com";
  return `https://cognito-idp.${region}.${suffix}/`;
}

/** @param {string} text @param {string} option */
function url(text, option) {
  if (URL.canParse(text)) return new URL(text).href;
  throw new Failure(`--${option} takes an absolute URL.`);
}

/** @param {string | undefined} text @param {string} option */
function number(text, option) {
  if (text === undefined || /^\d+$/.test(text))
    return text === undefined ? undefined : Number(text);
  throw new Failure(`--${option} takes a whole number.`);
}

/** @param {string} file @returns {Promise<Tokens[]>} */
async function readTokens(file) {
  // The reason may quote the file.
  const read = await readFile(file, "utf8")
    .then((text) => JSON.parse(text))
    .catch(() => undefined);
  const isText = (/** @type {unknown} */ value) => typeof value === "string";
  if (
    Array.isArray(read) &&
    read.every(
      (each) => isText(each?.accessToken) && isText(each?.refreshToken),
    )
  )
    return read;
  throw new Failure(
    `${file} is no JSON list of { accessToken, refreshToken }.`,
  );
}

/** The scopes of an access token. @param {string} token @returns {string[]} */
function scopesOf(token) {
  try {
    const [, claims = ""] = token.split(".");
    const text = Buffer.from(claims, "base64url").toString("utf8");
    return String(JSON.parse(text).scope).split(" ");
  } catch {
    throw new Failure("An access token of the file of tokens is no JWT.");
  }
}

/** @param {Record<string, string | undefined>} options */
async function read(options) {
  const { region, endpoint, domain, tokens } = options;
  const clientId = options["client-id"];
  const { username } = options;
  const password = process.env["COGNITO_PASSWORD"] || undefined;
  if (!region && !endpoint)
    throw new Failure("Name the pool by --region or --endpoint.");
  if (!clientId) throw new Failure("Name an app client by --client-id.");
  if (!username) throw new Failure("Name the user by --username.");
  if (!password && !tokens)
    throw new Failure("Give the password in COGNITO_PASSWORD, or --tokens.");
  const logoutUrl = options["logout-url"];
  const sessions = tokens ? await readTokens(tokens) : undefined;
  const own = {
    clientId,
    username,
    password: sessions ? undefined : password,
    clientWithoutRevocation: options["client-without-revocation"],
    logoutUrl: logoutUrl && url(logoutUrl, "logout-url") && logoutUrl,
  };
  return {
    own,
    sessions,
    endpoint: endpoint ? url(endpoint, "endpoint") : endpointOf(String(region)),
    domain: domain
      ? url(domain.includes("://") ? domain : `https://${domain}`, "domain")
      : undefined,
    settleMs: number(options["settle"], "settle") ?? 2000,
    graceSeconds: number(options["rotation"], "rotation"),
  };
}

/** @param {Awaited<ReturnType<typeof read>>} asked */
function realPool({ own, endpoint, domain, settleMs, sessions }) {
  const left = [...(sessions ?? [])];
  return new PoolUnderTest({
    ...own,
    endpoint,
    domain,
    settleMs,
    // They are sessions of the one client.
    ...(sessions && {
      signIn: async (clientId) =>
        clientId === own.clientId ? left.shift() : undefined,
    }),
  });
}

/** A local Cognito that is set up as the real pool is. @param {Awaited<ReturnType<typeof read>>} asked */
async function localPool({ own, domain, sessions, graceSeconds }) {
  await installLocalCognito();
  const { startLocalCognito } = await import("../www/server/src/index.js");
  const { clientId, username, clientWithoutRevocation } = own;
  const client = {
    logoutUrls: own.logoutUrl ? [own.logoutUrl] : [],
    ...(graceSeconds !== undefined && { rotation: { graceSeconds } }),
  };
  const without = clientWithoutRevocation
    ? [{ ...client, id: clientWithoutRevocation, tokenRevocation: false }]
    : [];
  const cognito = await startLocalCognito({
    users: [{ username, password: own.password ?? "not used" }],
    clients: [{ ...client, id: clientId }, ...without],
  });
  const left = [...(sessions ?? [])];
  /** @type {PoolOptions["signIn"]} */
  const signIn = async (id) => {
    const like = id === clientId ? left.shift() : undefined;
    const known = cognito.control.clients().find((each) => each.id === id);
    return (
      like &&
      cognito.control.addSession({
        username,
        clientId: id,
        scopes: scopesOf(like.accessToken).filter((scope) =>
          known?.scopes.includes(scope),
        ),
      })
    );
  };
  const pool = new PoolUnderTest({
    ...own,
    endpoint: cognito.origin,
    domain: domain && cognito.origin,
    settleMs: 0,
    ...(sessions && { signIn }),
  });
  return { pool, close: () => cognito.close() };
}

/** @param {Facts} real @param {Facts} local */
function compare(real, local) {
  let differing = 0;
  const names = Object.keys(real);
  for (const name of names) {
    if (real[name] === local[name]) {
      console.log(`  true   ${name}: ${real[name]}`);
    } else {
      differing += 1;
      console.log(`  FALSE  ${name}`);
      console.log(`           real:  ${real[name]}`);
      console.log(`           local: ${local[name]}`);
    }
  }
  return { facts: names.length, differing };
}

/**
 * @param {PoolUnderTest} real
 * @param {PoolUnderTest} local
 * @returns {Promise<number>} how many facts differ
 */
async function run(real, local) {
  const total = { facts: 0, differing: 0, skipped: 0 };
  for (const { name, look } of PROMISES) {
    console.log(`\n${name}`);
    try {
      const { facts, differing } = compare(await look(real), await look(local));
      total.facts += facts;
      total.differing += differing;
    } catch (error) {
      if (!(error instanceof NotChecked)) throw error;
      total.skipped += 1;
      console.log(`  not checked: ${error.message}`);
    }
  }
  const { facts, differing, skipped } = total;
  console.log(
    `\nThe local Cognito tells the truth in ${facts - differing} of ${facts} facts; ` +
      `${skipped} of ${PROMISES.length} parts were not checked.`,
  );
  return differing;
}

await main(async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    process.stdout.write(USAGE);
    return;
  }
  try {
    const asked = await read(given(args));
    const real = realPool(asked);
    const { pool: local, close } = await localPool(asked);
    try {
      console.log(`The real pool: ${asked.endpoint}`);
      const differing = await run(real, local);
      process.exitCode = differing === 0 ? 0 : 1;
    } finally {
      await real.signOutAll().catch(() => {
        console.log("\nSome sessions of the user may not have ended.");
      });
      await close();
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
});
