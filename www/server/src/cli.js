import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { startLocalCognito } from "./index.js";
import { SEED_USERS } from "./pool/pool.js";

/** @import { AnsweredRequest, Control, StartOptions, User } from "./types.d.ts" */

const USAGE = `Usage: cognito-signout-dev [options]

A local Amazon Cognito, in memory, on loopback.

  --port <n>              the port on localhost (9229; 0 picks a free one)
  --https-port <n>        also serve https there, with a self-signed certificate
  --app-port <n>          allow http://localhost:<n>/ as callback and sign-out URL (5173); may be repeated
  --callback-url <url>    one more allowed callback URL; may be repeated
  --logout-url <url>      one more allowed sign-out URL; may be repeated
  --user <name:password>  one more user; may be repeated
  --verbose               print each request in a line
  --help, --version
`;

const OPTIONS = /** @type {const} */ ({
  port: { type: "string" },
  "https-port": { type: "string" },
  "app-port": { type: "string", multiple: true },
  "callback-url": { type: "string", multiple: true },
  "logout-url": { type: "string", multiple: true },
  user: { type: "string", multiple: true },
  verbose: { type: "boolean" },
  help: { type: "boolean" },
  version: { type: "boolean" },
});

/** What the command line says that makes no sense, in one sentence. */
class UsageError extends Error {}

/** @param {string} text @param {string} option */
function port(text, option) {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new UsageError(`--${option} takes a port from 0 to 65535.`);
}

/** @param {string[]} texts @param {string} option */
function urls(texts, option) {
  if (texts.every((text) => URL.canParse(text))) return texts;
  throw new UsageError(`--${option} takes an absolute URL.`);
}

/** @param {string} text @returns {User} */
function user(text) {
  const colon = text.indexOf(":");
  if (colon > 0 && colon < text.length - 1)
    return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  throw new UsageError("--user takes a name and a password: name:password.");
}

/** @param {string[]} args */
function parse(args) {
  const { tokens } = parseArgs({
    args,
    options: OPTIONS,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional")
      throw new UsageError(`"${token.value}" is not an option.`);
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(OPTIONS, token.name))
      throw new UsageError(`There is no option ${token.rawName}.`);
    const { type } = OPTIONS[/** @type {keyof typeof OPTIONS} */ (token.name)];
    if (type === "string" && token.value === undefined)
      throw new UsageError(`${token.rawName} takes a value.`);
    if (type === "boolean" && token.value !== undefined)
      throw new UsageError(`${token.rawName} takes no value.`);
  }
  return parseArgs({ args, options: OPTIONS }).values;
}

/** @param {AnsweredRequest} request */
function printRequest({ method, path, operation, status, ms }) {
  const what = operation === null ? path : `${path} ${operation}`;
  const outcome = status ?? "no answer";
  process.stdout.write(`${method} ${what} ${outcome} ${ms.toFixed(1)} ms\n`);
}

/** @param {ReturnType<typeof parse>} values @returns {StartOptions} */
function startOptions(values) {
  const apps = (values["app-port"] ?? ["5173"]).map(
    (text) => `http://localhost:${port(text, "app-port")}/`,
  );
  const https = values["https-port"];
  return {
    port: port(values.port ?? "9229", "port"),
    ...(https === undefined ? {} : { httpsPort: port(https, "https-port") }),
    callbackUrls: [
      ...apps,
      ...urls(values["callback-url"] ?? [], "callback-url"),
    ],
    logoutUrls: [...apps, ...urls(values["logout-url"] ?? [], "logout-url")],
    users: (values.user ?? []).map(user),
    ...(values.verbose ? { onRequest: printRequest } : {}),
  };
}

function version() {
  const file = new URL("../package.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).version;
}

/** @param {unknown} value @param {string} [indent] @returns {string} as it would be written by hand */
function literal(value, indent = "") {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return JSON.stringify(value);
  const inner = `${indent}  `;
  const fields = Object.entries(value).map(
    ([key, field]) => `${inner}${key}: ${literal(field, inner)},\n`,
  );
  return `{\n${fields.join("")}${indent}}`;
}

/** @param {string[][]} rows @returns {string} columns of equal width, without spaces at the end of a line */
function table(rows) {
  /** @param {number} column */
  const width = (column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(width(column))))
    .map((row) => `  ${row.join("  ").trimEnd()}\n`)
    .join("");
}

/**
 * What a person needs to begin.
 * @param {Control} control
 * @param {User[]} added users that the command line named
 */
function greeting(control, added) {
  const { configure, httpsOrigin, issuer, origin, userPoolId } = control.info();
  const passwords = new Map(
    [...SEED_USERS, ...added].map((each) => [each.username, each.password]),
  );
  const users = control
    .users()
    .map(({ username, mfaCode }) => [
      username,
      passwords.get(username) ?? "",
      mfaCode ?? "none",
    ]);
  const clients = control
    .clients()
    .flatMap(({ id, callbackUrls, logoutUrls }) => [
      ["App client", id],
      ["Callback URLs", callbackUrls.join(" ")],
      ["Sign-out URLs", logoutUrls.join(" ")],
    ]);
  const addresses = [
    ["Endpoint", `${origin}  (JSON API and hosted UI)`],
    ...(httpsOrigin ? [["Endpoint, https", httpsOrigin]] : []),
    ["Issuer", issuer],
    ["Control API", `${origin}/_control/info`],
    ["User pool", userPoolId],
    ...clients,
  ];
  return `The local Cognito is running. It keeps everything in memory, until it stops.

${table(addresses)}
${table([["User", "Password", "Code"], ...users])}
await configure(${literal(configure)});

`;
}

/** @param {string[]} args @returns {Promise<number>} the exit code; 0 also while the server runs on */
export async function main(args) {
  try {
    const values = parse(args);
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (values.version) {
      process.stdout.write(`${version()}\n`);
      return 0;
    }
    const options = startOptions(values);
    const { control } = await startLocalCognito(options);
    process.stdout.write(greeting(control, options.users ?? []));
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`cognito-signout-dev: ${message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
