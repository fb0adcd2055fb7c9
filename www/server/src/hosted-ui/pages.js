/**
 * The pages of the hosted UI: plain HTML, light and dark, nothing loaded from elsewhere. What Cognito would show is in `main`;
 * what the emulator adds is in `aside`.
 */

/** @import { StoredUser } from "../pool/users.js" */

/**
 * @typedef {object} Remark what the emulator says about a refusal
 * @property {[string, string][]} sent parameters
 * @property {{ what: string, values: string[] }} [registered]
 * @property {string} [advice]
 */

const STYLE = `
:root { color-scheme: light dark; --page: #f2f4f7; --card: #fff; --text: #16191f; --soft: #545b64; --line: #879596;
  --accent: #0b5fb0; --on-accent: #fff; --error: #b0120a; --error-page: #fdf3f2; }
@media (prefers-color-scheme: dark) { :root { --page: #0f141a; --card: #1a212b; --text: #e9ebed; --soft: #a9b4c0;
  --line: #66788a; --accent: #66b3ff; --on-accent: #06131f; --error: #ff9d92; --error-page: #35191a; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center;
  gap: 1rem; padding: 1rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main, aside { width: 100%; max-width: 25rem; border-radius: 1rem; overflow-wrap: anywhere; }
main { padding: 2rem; background: var(--card); box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 8px 28px rgb(0 0 0 / .1); }
aside { padding: 1.25rem 2rem; border: 1px dashed var(--line); font-size: .875rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 0 0 .5rem; font-size: 1rem; line-height: 1.25; }
p { margin: 0 0 1.25rem; color: var(--soft); }
aside p { margin: 0 0 .75rem; }
main > :last-child, aside > :last-child { margin-bottom: 0; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
input { width: 100%; margin-bottom: 1rem; padding: .6rem .75rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: .5rem; }
button { width: 100%; padding: .7rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent);
  border: 0; border-radius: .5rem; cursor: pointer; }
aside form { display: grid; gap: .5rem; margin: 0 -.25rem .5rem; padding: .25rem; max-height: 21rem; overflow-y: auto; }
aside button { padding: .5rem .75rem; text-align: left; font-weight: 400; color: inherit; background: var(--card);
  border: 1px solid var(--line); }
aside button b, aside button small { display: block; }
small { font-size: .8125rem; color: var(--soft); }
input:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
dl { margin: 0 0 .75rem; }
dt { margin-top: .5rem; color: var(--soft); }
dd { margin: 0; }
code { font: .8125rem/1.5 ui-monospace, monospace; }
.error { margin: 1rem 0 0; padding: .6rem .75rem; color: var(--error); background: var(--error-page); border-radius: .5rem; }
.error + form { margin-top: 1.25rem; }`;

/** @param {string} text */
function escape(text) {
  return text.replace(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** @param {string} title @param {string} content @param {string} [remark] */
function page(title, content, remark = "") {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}
</style>
</head>
<body>
<main>
${content}
</main>
<aside aria-label="The local Cognito">
${remark}
<p>This is a local Cognito, for development. Use no real password here.</p>
</aside>
</body>
</html>
`;
}

/** @param {string | undefined} error */
function alert(error) {
  return error ? `<p class="error" role="alert">${escape(error)}</p>` : "";
}

/** @param {StoredUser} user */
function userButton({ username, password, mfa, mfaCode }) {
  const code = mfa ? `, code ${mfaCode}` : "";
  return `<button name="one_click" value="${escape(username)}"><b>${escape(username)}</b>
<small>password ${escape(password + code)}</small></button>`;
}

/** @param {{ action: string, clientId: string, users: StoredUser[], username?: string, error?: string }} view */
export function signInPage({ action, clientId, users, username = "", error }) {
  const oneClick = `<h2>Sign in with one click</h2>
<form method="post" action="${escape(action)}">
${users.map(userButton).join("\n")}
</form>`;
  return page(
    "Sign in",
    `<h1>Sign in</h1>
<p>to the app client ${escape(clientId)}</p>
${alert(error)}
<form method="post" action="${escape(action)}">
<label for="username">Username or email</label>
<input id="username" name="username" value="${escape(username)}" autocomplete="username" autocapitalize="none" spellcheck="false" required${error ? "" : " autofocus"}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${error ? " autofocus" : ""}>
<button type="submit">Sign in</button>
</form>`,
    users.length === 0 ? "" : oneClick,
  );
}

/** @param {{ action: string, ticket: string, user: StoredUser, error?: string }} view */
export function codePage({ action, ticket, user, error }) {
  const hidden = `<input type="hidden" name="ticket" value="${escape(ticket)}">`;
  return page(
    "Enter your code",
    `<h1>Enter your code</h1>
<p>The code of your second factor.</p>
${alert(error)}
<form method="post" action="${escape(action)}">
${hidden}
<label for="code">Code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus>
<button type="submit">Sign in</button>
</form>`,
    `<h2>Enter the code with one click</h2>
<form method="post" action="${escape(action)}">
${hidden}
<button name="code" value="${escape(user.mfaCode)}"><b>${escape(user.mfaCode)}</b>
<small>code of ${escape(user.username)}</small></button>
</form>`,
  );
}

/** @param {string} term @param {string[]} values */
function entry(term, values) {
  const shown = values.map((value) => `<dd><code>${escape(value)}</code></dd>`);
  const none = "<dd>none</dd>";
  return `<dt>${escape(term)}</dt>\n${shown.join("\n") || none}`;
}

/** @param {Remark} remark */
function explained({ sent, registered, advice }) {
  const entries = sent.map(([name, value]) => entry(`Sent ${name}`, [value]));
  if (sent.length === 0) entries.push(entry("Sent parameters", []));
  if (registered)
    entries.push(entry(`Registered ${registered.what}`, registered.values));
  return `<h2>What the local Cognito adds</h2>
<p>Amazon Cognito does not show this part.</p>
<dl>
${entries.join("\n")}
</dl>
${advice ? `<p>${escape(advice)}</p>` : ""}`;
}

/** Cognito's error page: it says what is wrong, and leads nowhere. @param {string} text @param {Remark} remark */
export function errorPage(text, remark) {
  return page(
    "Error",
    `<h1>An error was encountered with the requested page.</h1>
<p class="error" role="alert">${escape(text)}</p>`,
    explained(remark),
  );
}

/** @param {string} issuer */
export function welcomePage(issuer) {
  return page(
    "Local Cognito",
    `<h1>The local Cognito is running</h1>
<p>Issuer: ${escape(issuer)}</p>`,
  );
}
