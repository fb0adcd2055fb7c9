//! The model of Cognito answers as `tests/fixtures/cognito-model.json` says. The local Cognito is
//! tested with the same file (`tests/local-cognito/model.test.mjs`), so neither can change alone.
//! `tests/fixtures/README.md` says what a step is.

use std::collections::{BTreeMap, BTreeSet};

use cognito_signout::Secret;
use cognito_signout::internals::session::Claims;
use serde_json::{Map, Value, json};

use crate::cognito::{
    Answer, Cognito, Issued, Logout, MARKER, Pool, SignIn, captive_portal, internal_error,
    throttled,
};

const FIXTURE: &str = include_str!("../fixtures/cognito-model.json");

/// Claims that are compared as they are, and those that are compared as seconds since the start.
const CLAIMS: [&str; 7] = [
    "token_use",
    "client_id",
    "aud",
    "username",
    "cognito:username",
    "scope",
    "device_key",
];
const TIMES: [&str; 3] = ["iat", "auth_time", "exp"];
/// The claims with a comparison of their own.
const IDS: [&str; 4] = ["sub", "iss", "jti", "origin_jti"];

/// The state of one script: tokens and time.
struct Player {
    cognito: Cognito,
    start: f64,
    wall: f64,
    issuer: String,
    /// The value of each name.
    named: BTreeMap<String, String>,
    /// The name of each token and `origin_jti`.
    names: BTreeMap<String, String>,
    /// How many there are of each kind.
    count: BTreeMap<&'static str, usize>,
    /// The user of each `sub`.
    users: BTreeMap<String, Value>,
    jtis: BTreeSet<String>,
}

impl Player {
    fn new(fixture: &Value, settings: &Value) -> Player {
        let or = |name: &str, ms: f64| settings[name].as_f64().map_or(ms, |s| s * 1000.0);
        let defaults = Pool::default();
        let pool = Pool {
            rotation_grace_ms: settings["rotationGraceSeconds"]
                .as_f64()
                .map(|seconds| seconds * 1000.0),
            access_valid_ms: or("accessSeconds", defaults.access_valid_ms),
            refresh_valid_ms: or("refreshSeconds", defaults.refresh_valid_ms),
            revocation: settings["revocation"].as_bool().unwrap_or(true),
            knows_get_tokens: settings["knowsGetTokens"].as_bool().unwrap_or(true),
            ..defaults
        };
        let issuer = pool.issuer();
        let mut cognito = Cognito::new(pool);
        for (id, urls) in fixture["clients"].as_object().unwrap() {
            let urls = urls.as_array().unwrap().iter();
            let urls: Vec<&str> = urls.filter_map(Value::as_str).collect();
            cognito.add_client(id, &urls);
        }
        let start = fixture["start"].as_f64().unwrap();
        Player {
            cognito,
            start,
            wall: start,
            issuer,
            named: BTreeMap::new(),
            names: BTreeMap::new(),
            count: BTreeMap::new(),
            users: BTreeMap::new(),
            jtis: BTreeSet::new(),
        }
    }

    /// Plays a step and returns what the app or the browser sees.
    fn play(&mut self, step: &Value) -> Value {
        if let Some(ms) = step["pass"].as_f64() {
            self.wall += ms;
            return Value::Null;
        }
        if let Some(query) = step["logout"].as_str() {
            return self.logout(query, step["cookie"].as_str());
        }
        if let Some(user) = step["hostedSignIn"].as_str() {
            let number = self.cognito.hosted_sign_in(self.wall, user);
            return self.name("cookie", &format!("cookie-{number}")).into();
        }
        if let Some(operation) = step["send"].as_str() {
            return self.send(operation, step);
        }
        let how = &step["signIn"];
        let issued = self.cognito.sign_in(
            self.wall,
            &SignIn {
                user: how["user"].as_str().unwrap(),
                client: how["client"].as_str().unwrap(),
                hosted: how["cookie"].as_str().map(cookie_number),
                admin_scope: how["adminScope"].as_bool().unwrap_or_default(),
                // A device's name is its key.
                device: how["device"].as_str().map(str::to_owned),
            },
        );
        self.issued(issued)
    }

    fn logout(&mut self, query: &str, cookie: Option<&str>) -> Value {
        let cookie = cookie.map(cookie_number);
        let url = format!("https://auth.example.com/logout{query}");
        match self.cognito.logout(self.wall, cookie, &url) {
            Logout::Redirect(url) => json!({ "redirect": url }),
            Logout::ErrorPage => json!({ "errorPage": true }),
        }
    }

    fn send(&mut self, operation: &str, step: &Value) -> Value {
        let body = match &step["body"] {
            Value::String(text) => text.clone(),
            json => map_texts(json, &|text| self.meaning(text)).to_string(),
        };
        let Answer {
            status,
            error_type,
            body,
        } = match step["fault"].as_str() {
            Some("throttled") => throttled(),
            Some("internalError") => internal_error(),
            Some("captivePortal") => captive_portal(),
            Some(fault) => panic!("no fault {fault}"),
            None => self.cognito.serve(self.wall, operation, &body),
        };
        let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
        let result = &body["AuthenticationResult"];
        let text = |name: &str| Some(result[name].as_str()?.to_owned());
        let issued = text("AccessToken").map(|access| {
            let issued = Issued {
                session: self.cognito.session_of(&access).unwrap(),
                access,
                id: text("IdToken").unwrap(),
                refresh: text("RefreshToken").unwrap_or_default(),
            };
            self.issued(issued)
        });
        let body = map_texts(&body, &|text| self.shown(text));
        let mut seen = json!({ "status": status, "errorType": error_type, "body": body });
        if let Some(issued) = issued {
            seen["issued"] = issued;
        }
        seen
    }

    /// The numbers of the tokens and of the hosted UI's sessions that are alive.
    fn alive(&self) -> Value {
        let numbers = |kind: &str, is_alive: &dyn Fn(&str) -> bool| {
            let last = self.count.get(kind).copied().unwrap_or_default();
            let numbers = 1..=last;
            let alive = numbers.filter(|it| is_alive(&self.named[&format!("{kind} {it}")]));
            alive.collect::<Vec<_>>()
        };
        let Player { cognito, wall, .. } = self;
        json!({
            "access": numbers("access", &|token| cognito.access_is_alive(*wall, token)),
            "refresh": numbers("refresh", &|token| cognito.refresh_is_alive(*wall, token)),
            "cookie": numbers("cookie", &|it| cognito.hosted_is_alive(*wall, cookie_number(it))),
        })
    }

    // ---- names

    /// Gives the next name of its kind.
    fn name(&mut self, kind: &'static str, value: &str) -> String {
        let count = self.count.entry(kind).or_default();
        *count += 1;
        let name = format!("{kind} {count}");
        self.named.insert(name.clone(), value.to_owned());
        self.names.insert(value.to_owned(), name.clone());
        name
    }

    /// The value to send for a text of a request.
    fn meaning(&self, text: &str) -> String {
        let forged = text.strip_suffix(" forged");
        let name = forged.unwrap_or(text);
        let value = self.named.get(name).map_or(name, String::as_str);
        match forged.and_then(|_| value.rsplit_once('.')) {
            Some((rest, _)) => format!("{rest}.c2ln"),
            None => value.to_owned(),
        }
    }

    /// The name of a text of an answer, or the text itself.
    fn shown(&self, text: &str) -> String {
        self.names.get(text).map_or(text, String::as_str).to_owned()
    }

    /// Names new tokens and returns their session and claims.
    fn issued(&mut self, issued: Issued) -> Value {
        let origin = format!("origin-{}", issued.session);
        let known = self.names.get(&origin).cloned();
        let session = known.unwrap_or_else(|| self.name("session", &origin));
        assert_eq!(session, format!("session {}", issued.session + 1));
        for token in [&issued.access, &issued.id, &issued.refresh] {
            assert!(token.is_empty() || token.contains(MARKER));
            let owner = self.cognito.session_of(token);
            assert!(token.is_empty() || owner == Some(issued.session));
        }
        let access = self.describe("access", &issued.access);
        let id = self.describe("id", &issued.id);
        if !issued.refresh.is_empty() {
            self.name("refresh", &issued.refresh);
        }
        json!({ "session": session, "access": access, "id": id })
    }

    /// Names a new JWT and returns its claims.
    fn describe(&mut self, kind: &'static str, token: &str) -> Value {
        self.name(kind, token);
        let claims = claims_of(token);
        let text = |name: &str| Some(claims.get(name)?.as_str()?.to_owned());
        let read = Claims::of(&Secret::new(token)).expect("the engine reads it");
        assert_eq!(read.token_use, text("token_use"));
        assert_eq!(read.client_id, text("client_id").or_else(|| text("aud")));
        assert_eq!(read.origin_jti, text("origin_jti"));
        assert_eq!(read.exp, claims["exp"].as_f64());
        assert_eq!(claims["iss"], self.issuer);
        let jti = claims["jti"].as_str().unwrap().to_owned();
        assert!(self.jtis.insert(jti), "each token has its own jti");
        for name in claims.keys().map(String::as_str) {
            let is_known = CLAIMS.contains(&name) || TIMES.contains(&name) || IDS.contains(&name);
            assert!(is_known, "{name} is not compared");
        }
        let user = claims.get("username");
        let user = user.or_else(|| claims.get("cognito:username")).unwrap();
        let sub = claims["sub"].as_str().unwrap().to_owned();
        let user = self.users.entry(sub).or_insert_with(|| user.clone());
        let mut described = json!({ "sub": user });
        for name in CLAIMS {
            if let Some(claim) = claims.get(name) {
                described[name] = claim.clone();
            }
        }
        for name in TIMES {
            let start = (self.start / 1000.0).floor() as u64;
            described[name] = (claims[name].as_u64().unwrap() - start).into();
        }
        if let Some(origin) = claims.get("origin_jti") {
            described["origin_jti"] = self.shown(origin.as_str().unwrap()).into();
        }
        described
    }
}

/// The claims of a JWT.
fn claims_of(token: &str) -> Map<String, Value> {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&crate::cognito::decode_base64url(part)).unwrap()
}

/// The number in the name of a cookie, or 0, which no cookie has.
fn cookie_number(name: &str) -> u32 {
    let number = name.strip_prefix("cookie").unwrap_or_default();
    let number = number.trim_start_matches([' ', '-']);
    number.parse().unwrap_or_default()
}

/// A copy of a JSON value in which each text is changed.
fn map_texts(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => change(text).into(),
        Value::Array(items) => items.iter().map(|item| map_texts(item, change)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), map_texts(member, change)))
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn the_model_answers_as_the_local_cognito_does() {
    let fixture: Value = serde_json::from_str(FIXTURE).unwrap();
    let mut steps = 0;
    for script in fixture["scripts"].as_array().unwrap() {
        let mut player = Player::new(&fixture, &script["pool"]);
        let mut alive = json!({ "access": [], "refresh": [], "cookie": [] });
        for (index, step) in script["steps"].as_array().unwrap().iter().enumerate() {
            let at = format!(
                "{}{}, step {}: {step}",
                script["name"],
                script["seed"],
                index + 1
            );
            assert_eq!(player.play(step), step["seen"], "{at}");
            if !step["alive"].is_null() {
                alive = step["alive"].clone();
            }
            assert_eq!(player.alive(), alive, "{at}");
            steps += 1;
        }
    }
    assert!(steps > 800, "{steps} steps");
}
