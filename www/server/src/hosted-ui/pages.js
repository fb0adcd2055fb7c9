/** The pages of the hosted UI: plain HTML, light and dark, nothing loaded from elsewhere. */

const STYLE = `
:root { color-scheme: light dark; --page: #f2f4f7; --card: #fff; --text: #16191f; --soft: #545b64; --line: #879596;
  --accent: #0b5fb0; --on-accent: #fff; --error: #b0120a; --error-page: #fdf3f2; }
@media (prefers-color-scheme: dark) { :root { --page: #0f141a; --card: #1a212b; --text: #e9ebed; --soft: #a9b4c0;
  --line: #66788a; --accent: #66b3ff; --on-accent: #06131f; --error: #ff9d92; --error-page: #35191a; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 25rem; padding: 2rem; background: var(--card); border-radius: 1rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 8px 28px rgb(0 0 0 / .1); }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1.25rem; color: var(--soft); overflow-wrap: anywhere; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
input { width: 100%; margin-bottom: 1rem; padding: .6rem .75rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: .5rem; }
button { width: 100%; padding: .7rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent);
  border: 0; border-radius: .5rem; cursor: pointer; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error { margin-top: 1rem; padding: .6rem .75rem; color: var(--error); background: var(--error-page); border-radius: .5rem; }
footer { margin-top: 1.5rem; font-size: .8125rem; color: var(--soft); }`;

/** @param {string} text */
function escape(text) {
  return text.replace(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** @param {string} title @param {string} content */
function page(title, content) {
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
<footer>A local Cognito, for development. Use no real password here.</footer>
</main>
</body>
</html>
`;
}

/** @param {string | undefined} error */
function alert(error) {
  return error ? `<p class="error" role="alert">${escape(error)}</p>` : "";
}

/** @param {{ action: string, clientId: string, username?: string, error?: string }} view */
export function signInPage({ action, clientId, username = "", error }) {
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
  );
}

/** @param {{ action: string, ticket: string, error?: string }} view */
export function codePage({ action, ticket, error }) {
  return page(
    "Enter your code",
    `<h1>Enter your code</h1>
<p>The code of your second factor.</p>
${alert(error)}
<form method="post" action="${escape(action)}">
<input type="hidden" name="ticket" value="${escape(ticket)}">
<label for="code">Code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus>
<button type="submit">Sign in</button>
</form>`,
  );
}

/** Cognito's error page: it says what is wrong, and leads nowhere. @param {string} text */
export function errorPage(text) {
  return page(
    "Error",
    `<h1>An error was encountered with the requested page.</h1>
<p class="error" role="alert">${escape(text)}</p>`,
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
