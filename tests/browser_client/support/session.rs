//! Sign-ins with recognisable tokens.

use cognito_signout::{Secret, SignInMethod, Tokens};

use super::{call, serial};

/// One sign-in, with recognisable tokens.
#[derive(Clone)]
pub struct Session {
    client_id: String,
    number: u32,
    pub username: String,
    pub access: String,
    pub id_token: String,
    pub refresh: String,
    pub method: Option<SignInMethod>,
}

impl Session {
    pub fn new(client_id: &str, username: &str) -> Session {
        let mut session = Session {
            client_id: client_id.to_owned(),
            number: serial(),
            username: username.to_owned(),
            access: String::new(),
            id_token: String::new(),
            refresh: String::new(),
            method: None,
        };
        session.renew(3600.0);
        session.rotate();
        session
    }

    fn claims(&self, token_use: &str, expires_in: f64) -> String {
        let now = (js_sys::Date::now() / 1000.0).floor();
        format!(
            r#"{{"token_use":"{token_use}","client_id":"{}","username":"{}","sub":"sub-{}","origin_jti":"origin-{}-{}","jti":"jti-{}","exp":{},"auth_time":{now}}}"#,
            self.client_id,
            self.username,
            self.username,
            self.client_id,
            self.number,
            serial(),
            now + expires_in
        )
    }

    /// New access and ID tokens of the same session.
    pub fn renew(&mut self, expires_in: f64) {
        self.access = jwt(&self.claims("access", expires_in));
        self.id_token = jwt(&self.claims("id", expires_in));
    }

    /// A new refresh token of the same session.
    pub fn rotate(&mut self) {
        self.refresh = format!("refresh.{}.{}.{}", self.client_id, serial(), "r".repeat(40));
    }

    pub fn tokens(&self) -> Tokens {
        Tokens {
            access_token: Secret::new(&*self.access),
            id_token: Some(Secret::new(&*self.id_token)),
            refresh_token: Some(Secret::new(&*self.refresh)),
            username: Some(self.username.clone()),
            sign_in_method: self.method,
        }
    }

    /// No token, nor the payload of one, is in the text.
    #[track_caller]
    pub fn is_not_in(&self, text: &str) {
        for token in [&self.access, &self.id_token, &self.refresh] {
            let telling = token.split('.').filter(|part| part.len() > 20);
            for part in telling.chain([token.as_str()]) {
                assert!(!text.contains(part), "a token is in: {text}");
            }
        }
    }
}

/// A JWT with these claims, unsigned.
pub fn jwt(claims: &str) -> String {
    let encode = |text: &str| {
        let base64 = call(&js_sys::global(), "btoa", &[&text.into()]);
        let base64 = base64.as_string().unwrap();
        base64.replace('+', "-").replace('/', "_").replace('=', "")
    };
    [
        &encode(r#"{"alg":"RS256"}"#),
        ".",
        &encode(claims),
        ".c2lnbmF0dXJl",
    ]
    .concat()
}
