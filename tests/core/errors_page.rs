//! `docs/errors.md` and `js/codes.ts` say what the table of codes says. `UPDATE_DOCS=1 cargo test --test core errors_page` writes
//! them again.

use super::support::check_generated as check;
use cognito_signout::AuthErrorCode;

const HEAD: &str = "# Errors

Every error is an `AuthError`: a stable `code`, a `message` in one sentence, a
`recoverySuggestion`, `retryable`, and `service` (Cognito's own error type, HTTP status and
request id) where an answer came. No token is in any of them.

This page is made from the table in `src/error.rs`. The texts below are the defaults: where the
cause is known better, the error's own `message` and `recoverySuggestion` say more. A minor
version may add codes, so keep a default branch.

The package prints a failed result as one `console.warn`, with the address of its code's section
here. `logger: false` silences it, and a `logger` with a `warn` of its own replaces the console.

From the symptom to the cause: [\"Logout does not work\"](logout-does-not-work.md).
";

/// Where the code shows, and what state the user is then in: what the table has no room for.
fn standing(code: AuthErrorCode) -> [&'static str; 2] {
    use AuthErrorCode::*;
    const REMOTE: &str = "`revokeTokenError`, `globalSignOutError` or `forgetDeviceError` of a partial result; `refreshTokens`, `revokeToken`, `globalSignOut`";
    const REVOKE: &str = "`revokeTokenError` of a partial result";
    const HOSTED: &str = "`hostedUIError` of a partial result";
    const OUT_HERE: &str =
        "signed out on this device; what the field stands for may still be alive on the server";
    const COOKIE: &str = "signed out on this device; the hosted UI's session may sign them in again without a password";
    match code {
        NotConfigured => [
            "a failed result; any other call",
            "as before: nothing was touched",
        ],
        Configuration => [
            "`configure`, with the field's name in your own shape; a failed result for a bad option; any field of a partial result where Cognito does not know the app client, or the hosted UI is not usable",
            "in a failed result as before, nothing was touched; in a partial one signed out on this device",
        ],
        InvalidState => [
            "a failed result (a server, a client after `dispose()`); `hostedUIError` (an iframe, a worker; another call of `signOut` came first with its own `redirectUrl`, `navigate` or `appState`); `forgetDeviceError` (the call came after the revocation, or another tab had signed out); `refreshTokens` while signed out",
            "in a failed result as before, nothing was touched; in a partial one signed out on this device",
        ],
        NotAuthorized => [REMOTE, OUT_HERE],
        TokenRevoked => [
            "`globalSignOutError` of a partial result; `refreshTokens`; `storeTokens` of a session that was signed out",
            "after a sign-out, signed out on this device, and this session had ended before; after `refreshTokens` the dead session stays stored, and the app decides",
        ],
        TokenExpired => [
            "`globalSignOutError` or `forgetDeviceError` of a partial result; `globalSignOut`",
            "signed out on this device; other devices may still be signed in",
        ],
        MissingScope => [
            "`globalSignOutError` or `forgetDeviceError` of a partial result; `globalSignOut`",
            "signed out on this device, its refresh token revoked; other devices are still signed in",
        ],
        RevocationDisabled => [
            REVOKE,
            "signed out on this device; the refresh token lives until it expires, and only a global sign-out ends it",
        ],
        Deferred => [
            REVOKE,
            "signed out on this device; the refresh token lives until `retry()`, or until the page goes",
        ],
        Unconfirmed => [
            "`revokeTokenError`, `globalSignOutError`, `hostedUIError` or `forgetDeviceError` of a partial result",
            "signed out on this device; what was asked of the server has probably happened, and nobody waited for the answer. In `hostedUIError`: the browser went to the hosted UI, and nothing shows whether its session has ended",
        ],
        Timeout => [
            "`revokeTokenError`, `globalSignOutError` or `forgetDeviceError` of a partial result; `hostedUIError` (a popup did not report); `refreshTokens`, `revokeToken`, `globalSignOut`",
            OUT_HERE,
        ],
        Throttled | Network | Service => [REMOTE, OUT_HERE],
        Aborted => [
            "a failed result if `signal` was aborted before the local clear, else the fields of a partial one",
            "in a failed result as before, nothing was touched; in a partial one signed out on this device",
        ],
        UserCancelled => [
            "a failed result; `hostedUIError` where the refresh token was known to be dead, or another call had signed the user out",
            "in a failed result signed in as before, nothing was revoked; in a partial one signed out on this device",
        ],
        PopupBlocked | Navigation | RedirectNotCompleted => [HOSTED, COOKIE],
        Storage => [
            "a failed result; `storeTokens`, `loadTokens`, `refreshTokens`",
            "to be taken as signed in on this device; the server was told all the same, and the result says how that went",
        ],
        ModuleUnavailable => [
            "`configure`, `preload`, `storeTokens`, `loadTokens`, `refreshTokens`; the fields of a partial result; a failed result",
            "in a partial result signed out on this device; in a failed one to be taken as signed in. Some browsers load a script that has failed once again only after the page was reloaded",
        ],
        Unknown => [
            "anywhere",
            "in a partial result signed out on this device; in a failed one to be taken as signed in",
        ],
        other => panic!(
            "{}: say here where it shows and what state the user is in",
            other.as_str()
        ),
    }
}

fn page() -> String {
    let mut page = String::from(HEAD);
    for code in AuthErrorCode::all() {
        let [shows, state] = standing(code);
        let retry = match code {
            AuthErrorCode::Service => "only an HTTP 5xx and an answer that is not Cognito's",
            _ if code.retryable() => "yes",
            _ => "no",
        };
        let lines = [
            format!("\n## `{}`\n", code.as_str()),
            format!("{}\n", code.default_message()),
            wrapped(&format!("- **Shows in:** {shows}.")),
            wrapped(&format!("- **The user is:** {state}.")),
            wrapped(&format!("- **What to do:** {}", code.recovery_suggestion())),
            format!("- **Retry:** {retry}.\n"),
        ];
        page.push_str(&lines.join("\n"));
    }
    page
}

/// A list's item in lines that end before column 100.
fn wrapped(item: &str) -> String {
    let mut width = 0;
    item.split(' ')
        .map(|word| {
            let breaks = width + 1 + word.len() >= 100;
            width = word.len() + if breaks { 2 } else { width + 1 };
            format!("{}{word}", if breaks { "\n  " } else { " " })
        })
        .collect::<String>()
        .trim_start()
        .to_owned()
}

/// The texts for TypeScript: a constant for each code, so that bundlers leave out what is not used.
fn codes() -> String {
    let mut module = String::from(
        "// Made from the table in src/error.rs: `UPDATE_DOCS=1 cargo test --test core errors_page`.

import type { AuthErrorCode } from \"./types.js\";

export type Texts = [
  message: string,
  recoverySuggestion: string,
  retryable: boolean,
];\n",
    );
    let mut names = String::new();
    for code in AuthErrorCode::all() {
        let name = code.as_str();
        let texts = [code.default_message(), code.recovery_suggestion()].map(quoted);
        module.push_str(&format!(
            "\nexport const {name}: Texts = [\n  {},\n  {},\n  {},\n];\n",
            texts[0],
            texts[1],
            code.retryable()
        ));
        names.push_str(&format!("  {name},\n"));
    }
    module.push_str(&format!(
        "\nexport const CODES: Record<AuthErrorCode, Texts> = {{\n{names}}};\n"
    ));
    module
}

/// A string of TypeScript, in the quotes that need no escape.
fn quoted(text: &str) -> String {
    let quote = if text.contains('"') { '\'' } else { '"' };
    assert!(!text.contains(quote) && !text.contains('\\'), "{text}");
    format!("{quote}{text}{quote}")
}

#[test]
fn the_page_is_what_the_table_says() {
    check("docs/errors.md", &page());
}

#[test]
fn the_module_is_what_the_table_says() {
    check("js/codes.ts", &codes());
}
