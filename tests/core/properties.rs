//! Whatever comes in: nobody is sent to a place that was not configured, no claim is misread, no foreign answer is a success.

use cognito_signout::internals::protocol::logout_url::{build, choose};
use cognito_signout::internals::protocol::{
    Response, forget_device, global_sign_out, refresh, revoke_token,
};
use cognito_signout::internals::session::{Claims, Session};
use cognito_signout::{Config, Secret, Tokens};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use crate::support::{id_token, jwt};

const SCHEMES: &[&str] = &[
    "https://",
    "http://",
    "HTTPS://",
    "https:",
    "https:/",
    "https:\\\\",
    "//",
    "\\\\",
    "/",
    "",
    "javascript:",
    "JaVaScRiPt:",
    "java\tscript:",
    " javascript:",
    "\u{1}javascript:",
    "data:text/html,",
    "blob:https://",
    "vbscript:",
    "file:///",
    "view-source:https://",
    "ftp://",
    "wss://",
    "myapp://",
    "intent://",
];
const USERS: &[&str] = &[
    "",
    "",
    "",
    "app.example.com@",
    "app.example.com:443@",
    "user:pw@",
    "@",
    "%40",
    "a\\@",
];
const HOSTS: &[&str] = &[
    "app.example.com",
    "APP.EXAMPLE.COM",
    "app.example.com.",
    "аpp.example.com",
    "app.examplе.com",
    "app。example。com",
    "app.example.com.evil.example",
    "evil.example",
    "app%2eexample%2ecom",
    "app.example.com%2f.evil.example",
    "app.example.com%00.evil.example",
    "app.example.com\u{202e}",
    "app.example.com\u{ad}",
    "xn--pp-example.com",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "localhost.evil.example",
    "evillocalhost",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::1",
    "",
    " ",
    "app example.com",
];
const PORTS: &[&str] = &[
    "",
    "",
    "",
    ":443",
    ":80",
    ":8443",
    ":0",
    ":0443",
    ":99999",
    ":",
    ":443@evil.example",
    ":-1",
];
const TAILS: &[&str] = &[
    "",
    "/",
    "/out",
    "/out/",
    "\\",
    "/\\evil.example",
    "//evil.example",
    "/..//evil.example",
    "/%2e%2e/",
    "?x=1",
    "/?next=javascript:alert(1)",
    "#x",
    "/out#x",
    ";@evil.example",
    "\t",
    "\n",
    "/a b",
    "/ü",
    "&client_id=x",
];

/// An address as somebody would write it who wants to lead users elsewhere.
fn hostile() -> impl Strategy<Value = String> {
    let piece = |all: &'static [&'static str]| select(all);
    prop_oneof![
        9 => (piece(SCHEMES), piece(USERS), piece(HOSTS), piece(PORTS), piece(TAILS))
            .prop_map(|(scheme, user, host, port, tail)| [scheme, user, host, port, tail].concat()),
        1 => ".{0,40}",
    ]
}

fn config(field: &str, value: &serde_json::Value) -> Result<Config, cognito_signout::AuthError> {
    let mut config = json!({ "userPoolId": "eu-central-1_a", "userPoolClientId": "client1" });
    config[field] = value.clone();
    Config::from_json(&config.to_string())
}

/// What may be asked and where the user may be sent: https, or http on this machine; one host, no user in front of it.
fn is_fit_to_ask(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let local = host == "localhost"
        || host.ends_with(".localhost")
        || host == "::1"
        || host.starts_with("127.");
    !host.is_empty()
        && (scheme == "https" || scheme == "http" && local)
        && !authority.contains(['@', '\\', '%', ' ', '?', '#'])
        && authority.is_ascii()
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

    /// What is configured, the page and the option may all be hostile.
    #[test]
    fn the_redirect_is_always_one_of_the_configured(
        redirects in prop::collection::vec(hostile(), 0..5),
        explicit in prop::option::of(hostile()),
        page in hostile(),
    ) {
        let mut good = redirects;
        good.push("https://app.example.com/out".to_owned());
        let chosen = choose(&good, explicit.as_deref(), &page);
        match (chosen, &explicit) {
            (Ok(chosen), None) => prop_assert!(good.contains(&chosen), "{chosen}"),
            (Ok(chosen), Some(explicit)) => {
                prop_assert_eq!(&chosen, explicit);
                prop_assert!(good.contains(&chosen), "{chosen}");
            }
            (Err(_), explicit) => {
                // A good one is there, so that only an explicit one is refused: one that is not configured.
                prop_assert!(explicit.as_ref().is_some_and(|explicit| !good.contains(explicit)));
            }
        }
    }

    /// No scheme that runs or shows something is ever taken, however it is spelt; a web address is https, or of this machine.
    #[test]
    fn a_configured_redirect_leads_to_a_web_page_or_an_app(redirect in hostile()) {
        let hosted = json!({ "domain": "auth.example.com", "redirectSignOut": redirect });
        if let Ok(config) = config("hostedUI", &hosted) {
            let kept = &config.hosted_ui.as_ref().unwrap().redirect_sign_out;
            // Letter by letter, since Cognito compares it so; white space around it is none of it.
            let redirect = redirect.trim().to_owned();
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

    #[test]
    fn requests_go_to_a_fit_address_alone(address in hostile()) {
        if let Ok(config) = config("userPoolEndpoint", &json!(address)) {
            prop_assert!(is_fit_to_ask(&config.endpoint), "{address} -> {}", config.endpoint);
        }
        let hosted = json!({ "domain": address, "redirectSignOut": "https://app.example.com/" });
        if let Ok(config) = config("hostedUI", &hosted) {
            let origin = config.hosted_ui.unwrap().origin;
            prop_assert!(is_fit_to_ask(&origin) && origin.matches('/').count() == 2, "{address} -> {origin}");
        }
    }

    /// Cognito reads the two parameters as they were meant, and no third.
    #[test]
    fn the_logout_url_says_what_was_meant(client in "[ -~é]{1,20}", redirect in hostile()) {
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

    /// A configuration of one object with anything in any field.
    #[test]
    fn no_configuration_makes_it_panic(
        field in select(&["stateStore", "cookieStorage", "userPoolId", "userPoolClientId", "identityPoolId", "userPoolEndpoint", "hostedUI", "storage",
            "cookie", "tokenRevocation", "Auth", "auth", "oauth", "aws_user_pools_id", "authority", "userStore", "x"][..]),
        value in json_value(),
    ) {
        if let Err(error) = config(field, &value) {
            prop_assert_eq!(error.code.as_str(), "configuration");
        }
    }
}

/// Any JSON, three levels deep.
fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|flag| json!(flag)),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        hostile().prop_map(|text| json!(text)),
        ".{0,12}".prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let name = prop_oneof![
            select(
                &[
                    "domain",
                    "Domain",
                    "redirectSignOut",
                    "Cognito",
                    "userPoolId",
                    "loginWith",
                    "oauth",
                    "path"
                ][..]
            )
            .prop_map(str::to_owned),
            ".{0,8}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|list| json!(list)),
            prop::collection::btree_map(name, inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

fn tokens(tokens: &serde_json::Value) -> Result<Tokens, cognito_signout::AuthError> {
    let config =
        Config::from_json(r#"{"userPoolId":"eu-central-1_a","userPoolClientId":"client1"}"#)
            .unwrap();
    Tokens::from_json(&tokens.to_string(), &config)
}

proptest! {
    /// Claims are what the token says, letter by letter, whatever else is in it; a claim of another type is none.
    #[test]
    fn claims_are_read_as_they_are(
        client in json_value(), user in json_value(), sub in json_value(), origin in json_value(),
        exp in prop_oneof![any::<u32>().prop_map(|n| json!(n)), json_value()],
        more in json_value(),
    ) {
        let token = jwt(json!({
            "more": { "client_id": "inner", "sub": more }, "client_id": client, "username": user, "sub": sub,
            "origin_jti": origin, "exp": exp, "token_use": "access", "other": [more],
        }));
        let claims = Claims::of(&Secret::new(token)).unwrap();
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        prop_assert_eq!(claims.client_id, text(&client));
        prop_assert_eq!(claims.username, text(&user));
        prop_assert_eq!(claims.sub, text(&sub));
        prop_assert_eq!(claims.origin_jti, text(&origin));
        prop_assert_eq!(claims.token_use.as_deref(), Some("access"));
        if let Some(expected) = exp.as_u64().filter(|exp| *exp <= u64::from(u32::MAX)) {
            prop_assert_eq!(claims.exp, Some(expected as f64));
        } else if !exp.is_number() {
            prop_assert_eq!(claims.exp, None);
        }
    }

    /// Only an access token of this client is taken for one.
    #[test]
    fn no_foreign_token_is_taken(
        client in prop_oneof![3 => Just(json!("client1")), 1 => json_value()],
        kind in prop_oneof![3 => Just(json!("access")), 1 => Just(json!("id")), 1 => json_value()],
        user in prop_oneof![3 => Just(json!("jane")), 1 => json_value()],
        beside in json_value(),
    ) {
        let access = jwt(json!({ "client_id": client, "token_use": kind, "username": user }));
        match tokens(&json!({ "accessToken": access, "idToken": id_token(), "more": beside })) {
            Ok(read) => {
                prop_assert_eq!(read.access_token.expose(), access);
                prop_assert!(client == json!("client1") || !client.is_string(), "{client}");
                prop_assert!(kind != json!("id"));
            }
            Err(error) => prop_assert_eq!(error.code.as_str(), "configuration"),
        }
        if let Err(error) = tokens(&beside) {
            prop_assert_eq!(error.code.as_str(), "configuration");
        }
    }

    /// The identity that decides whether a stored session was signed out: equal for the same sign-in alone.
    #[test]
    fn identities_differ_as_the_sign_ins_do(a in ".{1,20}", b in ".{1,20}", jti in ".{0,8}", refresh in ".{1,8}") {
        let session = |origin: &str, jti: &str| Session {
            access_token: Some(Secret::new(jwt(json!({ "origin_jti": origin, "jti": jti })))),
            refresh_token: Some(Secret::new(refresh.clone())),
            ..Session::default()
        };
        prop_assert_eq!(session(&a, "1").identity(), session(&a, &jti).identity());
        prop_assert!(session(&a, "1").identity().is_some());
        if a != b {
            prop_assert_ne!(session(&a, "1").identity(), session(&b, "1").identity());
        }
    }

    /// Only what is empty or a JSON object is Cognito's success; any other body with 200 is somebody else's.
    #[test]
    fn no_foreign_answer_is_a_success(
        body in prop_oneof![".{0,60}", json_value().prop_map(|value| value.to_string())],
        status in prop_oneof![Just(200u16), 100u16..600],
        kind in prop::option::of(".{0,20}"),
    ) {
        let object = serde_json::from_str::<serde_json::Value>(&body).is_ok_and(|value| value.is_object());
        let response = Response { status, error_type: kind, body: body.clone(), ..Response::default() };
        let good = status == 200 && (body.trim().is_empty() || object);
        // A refused revocation of a dead token is a success, and no other refusal is.
        let dead = ["revoked", "expired", "Invalid Refresh Token", "Reuse"].iter().any(|word| body.contains(word));
        for (name, ok) in [
            ("GlobalSignOut", global_sign_out::answer(&response, false).is_ok()),
            ("ForgetDevice", forget_device::answer(&response).is_ok()),
            ("RevokeToken", revoke_token::answer(&response).is_ok() && !dead),
        ] {
            prop_assert!(!ok || good, "{name}: {status} {body}");
        }
        let fresh = refresh::answer(&response);
        prop_assert!(fresh.is_err() || good && body.contains("AccessToken"), "{body}");
    }
}
