//! Tokens, what can be read from them, and secrets that do not print.

use std::fmt;

use crate::json::Json;
use crate::text::cut;

/// A token. It prints as `[redacted]`; [`Secret::expose`] is the only way to its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a token.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The token itself. Never put it in a message, a log line or a URL.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// How the user signed in: [`HostedUiMode::Auto`](crate::HostedUiMode::Auto) leaves for the hosted UI if by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignInMethod {
    /// By the user pools API: password, SRP, custom challenge.
    Api,
    /// By the hosted UI (managed login), which keeps a session cookie of its own.
    HostedUi,
}

/// The tokens of one session, as an app stores and loads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// The access token, a JWT.
    pub access_token: Secret,
    /// The ID token, a JWT.
    pub id_token: Option<Secret>,
    /// The refresh token, opaque.
    pub refresh_token: Option<Secret>,
    /// The username; the access token's `username` claim where it is not given.
    pub username: Option<String>,
    /// How the user signed in.
    pub sign_in_method: Option<SignInMethod>,
}

impl Tokens {
    /// Tokens of which only the access token is known; the `with_` functions add the others. Nothing is checked:
    /// [`Tokens::from_json`] checks.
    pub fn new(access_token: impl Into<Secret>) -> Tokens {
        Tokens {
            access_token: access_token.into(),
            id_token: None,
            refresh_token: None,
            username: None,
            sign_in_method: None,
        }
    }

    /// With the ID token.
    #[must_use]
    pub fn with_id_token(mut self, token: impl Into<Secret>) -> Tokens {
        self.id_token = Some(token.into());
        self
    }

    /// With the refresh token; without it, nothing can be revoked.
    #[must_use]
    pub fn with_refresh_token(mut self, token: impl Into<Secret>) -> Tokens {
        self.refresh_token = Some(token.into());
        self
    }

    /// With the username, which the layouts have in their keys.
    #[must_use]
    pub fn with_username(mut self, username: impl Into<String>) -> Tokens {
        self.username = Some(username.into());
        self
    }

    /// With the way in which the user signed in.
    #[must_use]
    pub fn with_sign_in_method(mut self, method: SignInMethod) -> Tokens {
        self.sign_in_method = Some(method);
        self
    }
}

/// The claims of a Cognito token that sign-out looks at. They are read, not verified.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// `token_use`: `access` or `id`.
    pub token_use: Option<String>,
    /// The app client: `client_id` of access tokens, `aud` of ID tokens.
    pub client_id: Option<String>,
    /// `username` (access tokens).
    pub username: Option<String>,
    /// `sub`, the user's id.
    pub sub: Option<String>,
    /// `iss`, which names the user pool.
    pub iss: Option<String>,
    /// `origin_jti`: the sign-in this token descends from; only where revocation or rotation is on.
    pub origin_jti: Option<String>,
    /// `jti`, this token's own id.
    pub jti: Option<String>,
    /// `exp`, seconds since the epoch.
    pub exp: Option<f64>,
    /// `iat`: when the token was issued, in seconds since the epoch.
    pub iat: Option<f64>,
}

impl Claims {
    /// Reads the payload of a JWT (RFC 7519 section 3); `None` where it is not one.
    pub fn of(token: &Secret) -> Option<Claims> {
        let (_, rest) = cut(token.expose(), b".")?;
        let (payload, signature) = cut(rest, b".")?;
        if cut(signature, b".").is_some() {
            return None;
        }
        let json = Json::parse(&String::from_utf8(base64url(payload)?).ok()?)?;
        if !json.is_object() {
            return None;
        }
        let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
        let number = |name: &str| json.get(name).and_then(Json::as_f64);
        Some(Claims {
            token_use: text("token_use"),
            client_id: text("client_id").or_else(|| text("aud")),
            username: text("username"),
            sub: text("sub"),
            iss: text("iss"),
            origin_jti: text("origin_jti"),
            jti: text("jti"),
            exp: number("exp"),
            iat: number("iat"),
        })
    }
}

/// Decodes base64url without padding (RFC 4648 section 5); padding is tolerated.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut buffer, mut bits) = (0u32, 0u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits) as u8);
        }
    }
    Some(out)
}

/// A session as it was found in a storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The username its keys are under; empty where the layout has none.
    pub username: String,
    /// The access token.
    pub access_token: Option<Secret>,
    /// The ID token.
    pub id_token: Option<Secret>,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
    /// The key of the remembered device.
    pub device_key: Option<String>,
    /// How the user signed in, as far as the layout tells.
    pub sign_in_method: Option<SignInMethod>,
    /// Whether this is the session of the current user (`LastAuthUser`).
    pub current: bool,
}

impl Session {
    /// The claims of the access token, where it is a JWT.
    pub fn access_claims(&self) -> Option<Claims> {
        self.access_token.as_ref().and_then(Claims::of)
    }

    /// The identity of the session: a 64-bit hash of `origin_jti`, else of the refresh token, else of
    /// the access token's `jti`; `None` where there is none of them, and nothing ever matches.
    ///
    /// A refresh keeps it; a new sign-in never has it.
    pub fn identity(&self) -> Option<SessionId> {
        let mut jti = None;
        for token in [&self.access_token, &self.id_token] {
            let claims = token.as_ref().and_then(Claims::of).unwrap_or_default();
            if let Some(origin) = claims.origin_jti {
                return Some(SessionId::hash("o", &origin));
            }
            jti = jti.or(claims.jti);
        }
        match &self.refresh_token {
            Some(token) => Some(SessionId::hash("r", token.expose())),
            None => jti.map(|jti| SessionId::hash("j", &jti)),
        }
    }
}

impl Session {
    /// The issuer, as one of its JWTs names it.
    pub fn issuer(&self) -> Option<String> {
        let tokens = [&self.access_token, &self.id_token];
        let mut claims = tokens.into_iter().flatten().filter_map(Claims::of);
        claims.find_map(|claims| claims.iss)
    }

    /// A hash of the user's `sub`, to tell the user's other sessions.
    pub fn user_id(&self) -> Option<SessionId> {
        let sub = self.access_claims()?.sub?;
        Some(SessionId::hash("s", &sub))
    }

    /// When its access token was issued, in milliseconds since the epoch. Not `auth_time`: a new sign-in by the hosted
    /// UI's own session has that of the sign-in there.
    pub fn issued_at(&self) -> Option<f64> {
        Some(self.access_claims()?.iat? * 1000.0)
    }
}

/// A 64-bit hash of a session's identity. It holds no token and leads back to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub u64);

impl SessionId {
    /// Of a username, by which a tab that never saw the session finds the remembered device.
    pub fn of_name(username: &str) -> SessionId {
        SessionId::hash("n", username)
    }

    /// FNV-1a with a final mix: names sessions, proves nothing.
    fn hash(kind: &str, text: &str) -> SessionId {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in kind.bytes().chain(text.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash ^= hash >> 33;
        hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
        SessionId(hash ^ (hash >> 33))
    }

    /// Sixteen hexadecimal digits.
    pub fn to_hex(self) -> String {
        (0..16)
            .rev()
            .map(|i| char::from_digit((self.0 >> (i * 4)) as u32 & 15, 16).unwrap_or('0'))
            .collect()
    }

    /// Reads what [`SessionId::to_hex`] wrote.
    pub fn from_hex(text: &str) -> Option<SessionId> {
        if text.len() != 16 {
            return None;
        }
        text.chars()
            .try_fold(0u64, |n, c| Some((n << 4) | u64::from(c.to_digit(16)?)))
            .map(SessionId)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encode(bytes: &[u8]) -> String {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let bits = chunk
                .iter()
                .fold(0u32, |bits, &byte| bits << 8 | u32::from(byte));
            let bits = bits << (8 * (3 - chunk.len()));
            for i in 0..=chunk.len() {
                out.push(DIGITS[(bits >> (18 - 6 * i) & 63) as usize].into());
            }
        }
        out
    }

    fn jwt(claims: &str) -> Secret {
        Secret::new(["e30.", &encode(claims.as_bytes()), ".c2ln"].concat())
    }

    fn session(access: Option<&str>, id: Option<&str>, refresh: Option<&str>) -> Session {
        Session {
            access_token: access.map(jwt),
            id_token: id.map(jwt),
            refresh_token: refresh.map(Secret::new),
            ..Session::default()
        }
    }

    #[test]
    fn claims_are_read_from_a_jwt_alone() {
        let claims = Claims::of(&jwt(
            r#"{"token_use":"access","client_id":"c","username":"jané","sub":"s","origin_jti":"o","jti":"j","exp":1800000000,"iat":1.5,"scope":["x"]}"#,
        ))
        .unwrap();
        assert_eq!(claims.username.as_deref(), Some("jané"));
        assert_eq!((claims.exp, claims.iat), (Some(1_800_000_000.0), Some(1.5)));
        assert_eq!(claims.origin_jti.as_deref(), Some("o"));
        assert_eq!(
            Claims::of(&jwt(r#"{"exp":"soon","username":1}"#)),
            Some(Claims::default())
        );
        for bad in [
            "",
            "a",
            "a.b",
            "a.b.c",
            "a.e30.c.d",
            "e30.e30",
            "a.W10.c",
            "a.MQ.c",
            "a.e3.c",
            "a.e+0.c",
        ] {
            assert_eq!(Claims::of(&Secret::new(bad)), None, "{bad}");
        }
        assert!(Claims::of(&Secret::new("a.e30=.c")).is_some());
    }

    #[test]
    fn identity_survives_a_refresh_and_no_new_sign_in() {
        let origin = |o: &str, j: &str| format!(r#"{{"origin_jti":"{o}","jti":"{j}"}}"#);
        let first = session(Some(&origin("o1", "j1")), None, Some("r1")).identity();
        assert!(first.is_some());
        assert_eq!(
            first,
            session(Some(&origin("o1", "j2")), None, Some("rotated")).identity()
        );
        assert_eq!(
            first,
            session(None, Some(&origin("o1", "j3")), None).identity(),
            "the ID token has it too"
        );
        assert_ne!(
            first,
            session(Some(&origin("o2", "j1")), None, Some("r1")).identity()
        );

        let jti = r#"{"jti":"j1"}"#;
        let by_refresh = session(Some(jti), None, Some("r1")).identity();
        assert_eq!(
            by_refresh,
            session(Some(r#"{"jti":"j2"}"#), None, Some("r1")).identity()
        );
        assert_ne!(by_refresh, session(Some(jti), None, Some("r2")).identity());
        let by_jti = session(Some(jti), None, None).identity();
        assert!(by_jti.is_some() && by_jti != by_refresh);

        // None of them: nothing ever matches.
        assert_eq!(session(Some("{}"), None, None).identity(), None);
        assert_eq!(session(None, None, None).identity(), None);
        // The same text in another role is another identity.
        let same = |claims: &str| session(Some(claims), None, None).identity();
        assert_ne!(same(r#"{"origin_jti":"x"}"#), same(r#"{"jti":"x"}"#));
    }

    #[test]
    fn secrets_do_not_print() {
        let session = session(Some("{}"), Some("{}"), Some("refresh-token"));
        let shown = format!("{session:?}");
        assert!(
            !shown.contains("refresh-token") && !shown.contains("e30"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn base64url_round_trips(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(base64url(&encode(&bytes)), Some(bytes));
        }
    }
}
