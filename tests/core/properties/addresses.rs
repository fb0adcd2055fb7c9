//! Addresses: where the browser is sent, and where requests are sent.

use cognito_signout::Config;
use cognito_signout::internals::engine::tables::Referrer;
use cognito_signout::internals::protocol::logout_url::{build, choose, same_address, same_origin};
use proptest::prelude::*;
use serde_json::json;

use super::hostile::{address, spoiled};

fn config(field: &str, value: &serde_json::Value) -> Result<Config, cognito_signout::AuthError> {
    let mut config = json!({ "userPoolId": "eu-central-1_a", "userPoolClientId": "client1" });
    config[field] = value.clone();
    Config::from_json(&config.to_string())
}

/// The host of an accepted address.
fn host_of(authority: &str) -> &str {
    let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    match authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        // Browsers reject more brackets than these.
        Some((host, rest)) if digits(rest.trim_start_matches(':')) => host,
        _ => authority.split(':').next().unwrap_or_default(),
    }
}

/// Whether a host is the loopback.
fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "::1"
        || host.starts_with("127.") && host.split('.').all(|part| part.parse::<u32>().is_ok())
}

/// Whether a request may be sent there: https, or http on the loopback; one host, no userinfo.
fn is_fit_to_ask(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = host_of(authority);
    !host.is_empty()
        && (scheme == "https" || scheme == "http" && is_local(host))
        && !authority.contains(['@', '\\', '%', ' ', '?', '#'])
        && authority.is_ascii()
}

/// Addresses of which many are alike, and hostile ones.
fn comparable() -> impl Strategy<Value = String> {
    let alike = "(https://|http://|HTTPS://)(app\\.example|APP\\.example|app\\.example\\.evil|localhost)(:443|:80|:8443)?(/|/out|/out/)?(\\?x=[12])?";
    prop_oneof![alike.prop_map(String::from), address()]
}

/// Percent-decoded, as the server reads a query.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = std::str::from_utf8(&rest[..2]).unwrap();
        bytes.push(u8::from_str_radix(digits, 16).unwrap());
        rest = &rest[2..];
    }
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(1000)))]

    /// The configured URLs, the page and the option may all be hostile.
    #[test]
    fn the_redirect_is_always_one_of_the_configured(
        redirects in prop::collection::vec(address(), 0..5),
        explicit in prop::option::of(address()),
        page in address(),
    ) {
        let mut good = redirects;
        good.push("https://app.example.com/out".to_owned());
        let chosen = choose(&good, explicit.as_deref(), &page);
        match (chosen, &explicit) {
            (Ok(chosen), None) => {
                prop_assert!(good.contains(&chosen), "{chosen}");
                // A public page never redirects to the loopback.
                let host = chosen.split(['/', '?']).nth(2).unwrap_or_default().to_lowercase();
                let may_be_local = ["localhost", "127.", "[::1]"].iter().any(|host| page.to_lowercase().contains(host));
                let is_web = ["http://", "https://"].iter().any(|scheme| chosen.to_lowercase().starts_with(scheme));
                prop_assert!(may_be_local || !is_web || !is_local(host_of(&host)), "{page} -> {chosen}");
            }
            (Ok(chosen), Some(explicit)) => {
                prop_assert_eq!(&chosen, explicit);
                prop_assert!(good.contains(&chosen), "{chosen}");
            }
            (Err(_), explicit) => {
                // One configured URL is always valid: only an explicit URL can be wrong.
                prop_assert!(explicit.as_ref().is_some_and(|explicit| !good.contains(explicit)));
            }
        }
    }

    /// No scheme that runs code or shows a file is accepted, in any spelling.
    #[test]
    fn a_configured_redirect_leads_to_a_web_page_or_an_app(redirect in address()) {
        let hosted = json!({ "domain": "auth.example.com", "redirectSignOut": [redirect] });
        if let Ok(config) = config("hostedUI", &hosted) {
            let kept = &config.hosted_ui.as_ref().unwrap().redirect_sign_out;
            // Exactly, since Cognito compares exactly; only surrounding white space is removed.
            let redirect = redirect.trim_ascii().to_owned();
            prop_assert_eq!(kept, std::slice::from_ref(&redirect));
            let scheme: String = redirect.split(':').next().unwrap().to_lowercase();
            prop_assert!(scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)), "{redirect}");
            for bad in ["javascript", "data", "blob", "vbscript", "file", "view-source"] {
                prop_assert_ne!(&scheme, bad);
            }
            if scheme == "https" || scheme == "http" {
                prop_assert!(!redirect.contains(['\\', '\t', '\n', '#']), "{redirect}");
                let authority = redirect.split('/').nth(2).unwrap();
                prop_assert!(!authority.contains('@') && !authority.is_empty(), "{redirect}");
            }
        }
    }

    /// The endpoint, the domain and the pool, whose region becomes a part of a host name.
    #[test]
    fn requests_go_to_a_fit_address_alone(
        address in address(),
        pool in prop_oneof![spoiled(Just("eu-central-1_AbC123".to_owned())), "[a-z0-9_./@:#-]{0,24}"],
    ) {
        if let Ok(config) = config("userPoolId", &json!(pool)) {
            prop_assert!(is_fit_to_ask(&config.endpoint), "{pool} -> {}", config.endpoint);
            let host = config.endpoint.trim_end_matches('/');
            prop_assert!([".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"].iter().any(|end| host.ends_with(end)), "{host}");
        }
        if let Ok(config) = config("userPoolEndpoint", &json!(address)) {
            prop_assert!(is_fit_to_ask(&config.endpoint), "{address} -> {}", config.endpoint);
        }
        let hosted = json!({ "domain": address, "redirectSignOut": "https://app.example.com/" });
        if let Ok(config) = config("hostedUI", &hosted) {
            let origin = config.hosted_ui.unwrap().origin;
            prop_assert!(is_fit_to_ask(&origin) && origin.matches('/').count() == 2, "{address} -> {origin}");
        }
    }

    /// Cognito reads exactly the two parameters.
    #[test]
    fn the_logout_url_says_what_was_meant(client in "[ -~é]{1,20}", redirect in address()) {
        let hosted = cognito_signout::HostedUi {
            origin: "https://auth.example.com".into(),
            redirect_sign_out: vec![],
        };
        let url = build(&hosted, &client, &redirect);
        prop_assert!(url.is_ascii());
        let query = url.strip_prefix("https://auth.example.com/logout?").unwrap();
        let parameters: Vec<(&str, String)> = query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name, decoded(value)))
            .collect();
        prop_assert_eq!(parameters, [("client_id", client), ("logout_uri", redirect)]);
    }

    /// These comparisons decide whether a return from the hosted UI counts. They are symmetric,
    /// ignore fragments, and never match across origins.
    #[test]
    fn comparing_addresses(a in comparable(), b in comparable(), fragment in "[a-z#/?]{0,6}") {
        prop_assert_eq!(same_address(&a, &b), same_address(&b, &a));
        prop_assert_eq!(same_origin(&a, &b), same_origin(&b, &a));
        prop_assert!(!same_address(&a, &b) || same_origin(&a, &b));
        // A valid address equals itself, with a fragment too.
        prop_assert_eq!(same_address(&a, &a), same_origin(&a, &a));
        if !a.contains('#') {
            prop_assert_eq!(same_address(&a, &[&a, "#", &fragment].concat()), same_address(&a, &a));
        }
        let is_web = |text: &str| {
            let text = text.to_lowercase();
            text.is_ascii() && (text.starts_with("https://") || text.starts_with("http://"))
        };
        if same_origin(&a, &b) && is_web(&a) && is_web(&b) {
            let [a, b] = [&a, &b].map(|text| text.to_lowercase());
            let [a, b] = [&a, &b].map(|text| host_of(text.split(['/', '?', '#']).nth(2).unwrap()));
            prop_assert_eq!(a, b);
        }
    }

    /// A referrer belongs to the hosted UI or to this page only by its origin.
    #[test]
    fn no_foreign_referrer_is_the_hosted_uis(referrer in address(), page in address()) {
        const LOGOUT: &str = "https://auth.example.com/logout?client_id=c";
        match Referrer::of(&referrer, &page, LOGOUT) {
            Referrer::HostedUi => prop_assert!(same_origin(&referrer, LOGOUT), "{referrer}"),
            Referrer::OwnOrigin => {
                prop_assert!(same_origin(&referrer, &page), "{referrer} {page}");
                // Cognito's redirect leaves only the origin in the referrer.
                prop_assert!(!referrer.contains('?'), "{referrer}");
            }
            Referrer::Other => prop_assert!(!same_origin(&referrer, LOGOUT), "{referrer}"),
        }
    }
}

/// 100 KB of address: the results have a proportional size.
#[test]
fn large_hostile_addresses() {
    const LENGTH: usize = 100_000;
    for piece in [
        "/", "é", "a.", "ü.", "?", "#", "%41", ":", "[", "@", "\\", ",",
    ] {
        let tail = piece.repeat(LENGTH / piece.len());
        for head in [
            "https://a.example/",
            "https://",
            "https://a.example?",
            "myapp:",
            "",
        ] {
            let text = [head, &tail].concat();
            let hosted = json!({ "domain": text, "redirectSignOut": [text] });
            if let Ok(config) = config("hostedUI", &hosted) {
                let hosted = config.hosted_ui.unwrap();
                // Punycode makes a label of one letter longest: `xn--tda`.
                assert!(hosted.origin.len() <= 4 * text.len() + 10, "{head}{piece}");
                let url = build(&hosted, "client1", &text);
                assert!(url.len() <= 3 * text.len() + hosted.origin.len() + 50);
            }
            let _ = same_address(&text, &text);
            // The other configured URL is always valid.
            let redirects = [text.clone(), "https://a.example/".to_owned()];
            assert!(redirects.contains(&choose(&redirects, None, &text).unwrap()));
        }
    }
}
