//! Configurations as people have them: from v5's docs, from environment variables, copied from the console.

use cognito_signout::AuthError;
use cognito_signout::{Config, HostedUi};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::{fault, names_field};

fn read(config: &Json) -> Result<Config, AuthError> {
    Config::from_json(&config.to_string())
}

/// The error must name the field, and say how to write it.
#[track_caller]
fn suggests<T: std::fmt::Debug>(result: Result<T, AuthError>, field: &str, words: &str) {
    let (code, message) = fault(result);
    assert_eq!(code, "configuration", "{message}");
    assert!(message.starts_with(&[field, ": "].concat()), "{message}");
    assert!(message.contains(words), "{words} is not in: {message}");
}

fn hosted_ui(domain: &str, redirects: &Json) -> Result<Option<HostedUi>, AuthError> {
    read(&json!({
        "userPoolId": "eu-central-1_AbC123", "userPoolClientId": "client1",
        "hostedUI": { "domain": domain, "redirectSignOut": redirects },
    }))
    .map(|config| config.hosted_ui)
}

fn redirects(given: &Json) -> Result<Vec<String>, AuthError> {
    hosted_ui("auth.example.com", given).map(|hosted| hosted.unwrap().redirect_sign_out)
}

fn domain(given: &str) -> Result<String, AuthError> {
    hosted_ui(given, &json!("https://a.example/")).map(|hosted| hosted.unwrap().origin)
}

#[test]
fn a_v5_hosted_ui_below_aws_cognito() {
    let pool = json!({ "userPoolId": "eu-central-1_AbC123", "userPoolWebClientId": "client1", "region": "eu-central-1" });
    let with = |path: &str, oauth: &Json| {
        let mut config = json!({ "Auth": pool });
        match path {
            "bare" => {
                config = pool.clone();
                config["oauth"] = oauth.clone();
            }
            "exports" => {
                config = json!({ "aws_user_pools_id": "eu-central-1_AbC123", "aws_user_pools_web_client_id": "client1", "oauth": oauth });
            }
            // What the Amplify CLI writes where there is no hosted UI.
            "exports below Auth" => {
                config = json!({
                    "aws_user_pools_id": "eu-central-1_AbC123", "aws_user_pools_web_client_id": "client1", "oauth": {},
                    "Auth": { "oauth": oauth },
                });
            }
            "Auth" => config["Auth"]["oauth"] = oauth.clone(),
            _ => config["oauth"] = oauth.clone(),
        }
        read(&config)
    };
    let good = json!({ "awsCognito": {
        "domain": "auth.example.com", "redirectSignIn": "https://a.example/", "redirectSignOut": "https://a.example/,https://b.example/",
        "responseType": "code",
    } });
    let expected = HostedUi {
        origin: "https://auth.example.com".into(),
        redirect_sign_out: vec!["https://a.example/".into(), "https://b.example/".into()],
    };
    for (place, path) in [
        ("root", "oauth"),
        ("Auth", "Auth.oauth"),
        ("bare", "oauth"),
        ("exports", "oauth"),
        ("exports below Auth", "Auth.oauth"),
    ] {
        let path = |rest: &str| [path, ".awsCognito.", rest].concat();
        assert_eq!(
            with(place, &good).unwrap().hosted_ui.as_ref(),
            Some(&expected),
            "{place}"
        );
        let mut bad = good.clone();
        bad["awsCognito"]["redirectSignOut"] = json!("/out");
        names_field(with(place, &bad), &path("redirectSignOut"));
        bad = good.clone();
        bad["awsCognito"]["domain"] = json!(1);
        names_field(with(place, &bad), &path("domain"));
        names_field(
            with(place, &json!({ "awsCognito": "auth.example.com" })),
            path("").trim_end_matches('.'),
        );
        // None of it.
        for none in [
            json!({}),
            json!({ "awsCognito": {} }),
            json!({ "awsCognito": { "domain": "" } }),
            json!({ "awsCognito": null }),
            json!({ "auth0": { "domain": "x.auth0.com" } }),
        ] {
            assert_eq!(
                with(place, &none).unwrap().hosted_ui,
                None,
                "{place} {none}"
            );
        }
        // As v5 has it, one that is complete next to it comes first.
        let mut both = good.clone();
        both["domain"] = json!("other.example.com");
        assert_eq!(
            with(place, &both).unwrap().hosted_ui.unwrap().origin,
            expected.origin
        );
        both["redirectSignIn"] = json!("https://a.example/");
        assert_eq!(
            with(place, &both).unwrap().hosted_ui.unwrap().origin,
            "https://other.example.com"
        );
    }
}

#[test]
fn a_redirect_without_a_scheme() {
    for (given, written) in [
        ("localhost:8000", "http://localhost:8000"),
        ("localhost:8000/out?x=1", "http://localhost:8000/out?x=1"),
        ("LOCALHOST:8000", "http://LOCALHOST:8000"),
        ("app.localhost:3000/", "http://app.localhost:3000/"),
        ("127.0.0.1:5173", "http://127.0.0.1:5173"),
        ("[::1]:5173/", "http://[::1]:5173/"),
        ("localhost", "http://localhost"),
        (
            "app.example.com:8443/out",
            "https://app.example.com:8443/out",
        ),
        ("app.example.com:8443", "https://app.example.com:8443"),
        ("app.example.com:443?x", "https://app.example.com:443?x"),
        ("app.example.com/out", "https://app.example.com/out"),
        ("app.example.com", "https://app.example.com"),
        ("app:8443", "https://app:8443"),
        ("http://app.example.com/out", "https://app.example.com/out"),
    ] {
        for value in [json!(given), json!(["https://a.example/", given])] {
            let words = ["write ", written, "."].concat();
            suggests(redirects(&value), "hostedUI.redirectSignOut", &words);
        }
    }
    for bad in [
        "/out",
        "//a.example",
        "out",
        "https://a b/",
        "https://",
        "http:/a",
    ] {
        names_field(redirects(&json!([bad])), "hostedUI.redirectSignOut");
    }
    // Schemes of an app's own stay what they are.
    for good in ["myapp://out", "com.example.app:/out", "myapp:out", "a.b:c"] {
        assert_eq!(redirects(&json!([good])).unwrap(), [good]);
    }
}

#[test]
fn a_domain_that_is_none() {
    let whole = "write my-app.auth.eu-central-1.amazoncognito.com";
    for prefix in ["my-app", "My-App", " my-app ", "https://my-app", "my-app/"] {
        suggests(domain(prefix), "hostedUI.domain", whole);
    }
    for (given, words) in [
        ("auth.example.com/logout", "write auth.example.com"),
        (
            "https://auth.example.com/oauth2/authorize?x=1",
            "write https://auth.example.com",
        ),
        ("auth.example.com/?x", "write auth.example.com"),
        ("http://auth.example.com", "write https://auth.example.com"),
    ] {
        let words = [words, "."].concat();
        suggests(domain(given), "hostedUI.domain", &words);
    }
    for bad in ["auth example.com", "auth.example.com:x", ".", "a@b.c"] {
        names_field(domain(bad), "hostedUI.domain");
    }
    for good in [
        "auth.example.com",
        " auth.example.com\n",
        "auth.example.com/",
        "auth.example.com.",
        "https://auth.example.com./",
        "AUTH.example.com",
        "auth.example.com:443",
    ] {
        assert_eq!(
            domain(good).unwrap(),
            "https://auth.example.com",
            "{good:?}"
        );
    }
    // This machine's own names are no prefixes.
    assert_eq!(domain("localhost").unwrap(), "https://localhost");
    assert_eq!(
        domain("http://localhost:9229").unwrap(),
        "http://localhost:9229"
    );
    assert_eq!(domain("gateway:8443").unwrap(), "https://gateway:8443");
    // White space alone: there is none, which our own shape does not allow.
    names_field(domain(" "), "hostedUI.domain");
    let v5 = json!({ "Auth": {
        "userPoolId": "us-east-1_x", "userPoolWebClientId": "client1", "oauth": { "domain": "my-app" },
    } });
    suggests(
        read(&v5),
        "Auth.oauth.domain",
        "write my-app.auth.us-east-1.amazoncognito.com",
    );
}

#[test]
fn commas() {
    for one in [
        "https://a.example/?ids=1,2",
        "https://a.example/out?next=https://b.example/,https://c.example/",
        "https://a.example/a,b",
        "myapp://out?x=1,2",
    ] {
        assert_eq!(redirects(&json!([one])).unwrap(), [one]);
    }
    let both = ["https://a.example/?ids=1,2", "https://b.example/?x=,"];
    assert_eq!(redirects(&json!(both)).unwrap(), both);
    // One text: a comma in a query is the query's, unless an address follows.
    for (given, expected) in [
        (
            "https://a.example/?ids=1,2",
            vec!["https://a.example/?ids=1,2"],
        ),
        (
            "https://a.example/?ids=1,2,,3, https://b.example/ ,",
            vec!["https://a.example/?ids=1,2,,3", "https://b.example/"],
        ),
        (
            "https://a.example/?t=a:b,c:d",
            vec!["https://a.example/?t=a:b,c:d"],
        ),
        (
            "https://a.example/?x=1,myapp://out",
            vec!["https://a.example/?x=1", "myapp://out"],
        ),
        (
            ",https://a.example/,,myapp:out,",
            vec!["https://a.example/", "myapp:out"],
        ),
    ] {
        assert_eq!(redirects(&json!(given)).unwrap(), expected, "{given}");
    }
    names_field(
        redirects(&json!("https://a.example/,/out")),
        "hostedUI.redirectSignOut",
    );
    suggests(
        redirects(&json!("https://a.example/,localhost:3000")),
        "hostedUI.redirectSignOut",
        "write http://localhost:3000.",
    );
}

#[test]
fn letters_of_other_scripts_in_a_host() {
    use cognito_signout::internals::protocol::logout_url::{choose, same_address};
    for (given, page) in [
        (
            "https://münchen.example/",
            "https://xn--mnchen-3ya.example/",
        ),
        (
            "https://App.MÜNCHEN.example/".to_lowercase().as_str(),
            "https://app.xn--mnchen-3ya.example/",
        ),
        ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        (
            "https://bücher.example:8443/",
            "https://xn--bcher-kva.example:8443/",
        ),
        ("https://łódź.example/", "https://xn--d-uga0v4h.example/"),
        (
            "https://пример.испытание/",
            "https://xn--e1afmkfd.xn--80akhbyknj4f/",
        ),
        ("https://ελλάδα.example/", "https://xn--hxakic4aa.example/"),
        (
            "https://кириллица-1.example/",
            "https://xn---1-6kc5aaalka1c2d.example/",
        ),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
    ] {
        assert_eq!(redirects(&json!([given])).unwrap(), [given]);
        assert!(same_address(given, page), "{given}");
        let configured = ["https://other.example/".to_owned(), given.to_owned()];
        assert_eq!(choose(&configured, None, page).unwrap(), given);
    }
    assert_eq!(
        domain("anmeldung.münchen.example").unwrap(),
        "https://anmeldung.xn--mnchen-3ya.example"
    );
    // What a browser would change first: upper case, full width, combined marks, dots of other scripts, what nobody sees.
    for bad in [
        "https://MÜNCHEN.example/",
        "https://mu\u{308}nchen.example/",
        "https://ａpp.example/",
        "https://app。example/",
        "https://a\u{200b}b.example/",
        "https://a\u{ad}b.example/",
        "https://\u{202e}b.example/",
        "https://Łódź.example/",
        "https://ПРИМЕР.example/",
    ] {
        suggests(redirects(&json!([bad])), "hostedUI.redirectSignOut", "xn--");
    }
}

proptest! {
    /// What is joined comes apart as it was, commas in queries and blanks around included.
    #[test]
    fn joined_addresses_come_apart(
        addresses in prop::collection::vec("(https://[a-z]{1,5}\\.example|http://localhost:[1-9]{1,4}|my[a-z]{1,3}:/)/[a-z]{0,4}(\\?[a-z]=[a-z0-9:/?;]{1,3}(,{1,2}[0-9a-z:?;]{1,3}){0,3})?", 1..5),
        blank in " {0,2}",
    ) {
        let text = addresses.join(&[&blank, ",", &blank].concat());
        match redirects(&json!(text)) {
            Ok(apart) => prop_assert_eq!(&apart, &addresses),
            Err(error) => prop_assert!(false, "{text}: {error}"),
        }
        prop_assert_eq!(&redirects(&json!(addresses)).unwrap(), &addresses);
    }

    /// A host of any letters is refused, or read as something that a browser could ask.
    #[test]
    fn any_host_is_refused_or_ascii(host in "[\\PC]{1,12}", tail in "(/|:8443|\\?x)?") {
        let pool = json!({ "userPoolId": "eu-central-1_a", "userPoolClientId": "c" });
        let mut config = pool.clone();
        config["hostedUI"] = json!({ "domain": format!("{host}.example{tail}"), "redirectSignOut": format!("https://{host}.example/") });
        config["userPoolEndpoint"] = json!(format!("https://{host}.example{tail}"));
        if let Ok(config) = read(&config) {
            prop_assert!(config.endpoint.is_ascii());
            prop_assert!(config.hosted_ui.unwrap().origin.is_ascii());
        }
        let mut config = pool;
        config["cookie"] = json!({ "domain": host, "path": tail, "sameSite": host });
        let _ = read(&config);
    }
}
