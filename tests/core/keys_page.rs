//! `docs/keys.md` and `js/keys.ts` say what the table of keys says.
//! `UPDATE_DOCS=1 cargo test --test core keys_page` writes them again.

use super::support::check_generated as check;
use keys::*;

// The table itself: the crate does not export it.
#[path = "../../src/layout/keys.rs"]
mod keys;

/// The longest line that prettier leaves whole.
const LINE: usize = 80;

/// One constant of the module, as prettier lays it out.
fn text(name: &str, value: &str) -> String {
    format!("export const {name} = \"{value}\";\n")
}

fn list<S: AsRef<str>>(name: &str, values: &[S]) -> String {
    let items: Vec<String> = values
        .iter()
        .map(|value| format!("\"{}\"", value.as_ref()))
        .collect();
    let line = format!("export const {name} = [{}];\n", items.join(", "));
    if line.trim_end().len() <= LINE {
        return line;
    }
    format!("export const {name} = [\n  {},\n];\n", items.join(",\n  "))
}

fn guest(pool: &str) -> Vec<String> {
    let key = |(before, after): &(&str, &str)| [*before, pool, *after].concat();
    GUEST.iter().map(key).collect()
}

fn module() -> String {
    let (session, device) = USER.split_at(OF_SESSION);
    [
            "// Made from the table in src/layout/keys.rs: `UPDATE_DOCS=1 cargo test --test core keys_page`.\n\n"
                .to_owned(),
            text("PREFIX", PREFIX),
            text("LAST_USER", LAST_USER),
            text("USER_LIST", USER_LIST),
            text("OIDC", OIDC),
            list("CLIENT", &CLIENT),
            list("SESSION", session),
            list("DEVICE", device),
            list("SHARED", &SHARED),
            "/** The identity pool stands in place of the star. */\n".to_owned(),
            list("GUEST", &guest("*")),
        ]
        .concat()
}

fn lines(keys: impl IntoIterator<Item = String>) -> String {
    let lines = keys.into_iter().map(|key| format!("- `{key}`\n"));
    format!("\n{}\n", lines.collect::<String>())
}

fn page() -> String {
    let (session, device) = USER.split_at(OF_SESSION);
    let of_user = |what: &&str| format!("{PREFIX}<clientId>.<username>.{what}");
    [
        "# Keys\n
The keys that a sign-out looks for in localStorage, sessionStorage, the readable cookies and the
configured storage. This page is made from the table in `src/layout/keys.rs`.\n
## Of a user: Amplify, amazon-cognito-identity-js\n"
            .to_owned(),
        lines(session.iter().map(of_user)),
        "With `forgetDevice` these too:\n".to_owned(),
        lines(device.iter().map(of_user)),
        "## Of the app client: Amplify, amazon-cognito-identity-js\n".to_owned(),
        lines(
            CLIENT
                .iter()
                .map(|what| format!("{PREFIX}<clientId>.{what}")),
        ),
        "`AuthUserList` stays as long as it names other users.\n
## Of a user: oidc-client-ts, react-oidc-context\n"
            .to_owned(),
        lines([
            format!("{OIDC}user:<authority>:<clientId>"),
            format!("{OIDC}<state>"),
        ]),
        "The second is a sign-in that was not completed. It is removed if its value names this app
client. The first may have the prefix that the app's `userStore` has.\n
## Of the guest identity: Amplify, the AWS SDK\n"
            .to_owned(),
        lines(guest("<identityPoolId>")),
        "## Of a sign-in, whatever the client: Amplify\n".to_owned(),
        lines(SHARED.map(str::to_owned)),
    ]
    .concat()
    .trim_end()
    .to_owned()
        + "\n"
}

#[test]
fn the_module_is_what_the_table_says() {
    check("js/keys.ts", &module());
}

#[test]
fn the_page_is_what_the_table_says() {
    check("docs/keys.md", &page());
}
