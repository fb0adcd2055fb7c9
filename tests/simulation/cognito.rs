//! A model of Amazon Cognito, limited to what a sign-out uses. It gives the same answers as the
//! local Cognito (`www/server`); `parity.rs` compares the two.
//!
//! It has no clock and no randomness. `wall` is the time in milliseconds since the epoch, and ids
//! are counters.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::jwt::jwt_with;

/// Every token contains this text, followed by its number. Base64url, cookies and URLs allow it.
pub const MARKER: &str = "T-T-";

/// The scope that operations with an access token need.
pub const ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";

/// The beginning of a refresh token. It has five parts, as Cognito's own.
const REFRESH_TOKEN: &str = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIn0.key.iv.text.";

/// The hosted UI's session ends so long after its last use.
const HOSTED_MS: f64 = 3_600_000.0;

/// The settings of the user pool and of all of its app clients.
pub struct Pool {
    /// The user pool id.
    pub id: String,
    /// The grace period of a refresh token after a refresh has replaced it. `None`: no rotation.
    pub rotation_grace_ms: Option<f64>,
    /// The lifetime of access and ID tokens.
    pub access_valid_ms: f64,
    /// The lifetime of refresh tokens. A rotated one gets the rest of it.
    pub refresh_valid_ms: f64,
    /// Token revocation is enabled: RevokeToken works.
    pub revocation: bool,
    /// The pool knows GetTokensFromRefreshToken.
    pub knows_get_tokens: bool,
}

impl Default for Pool {
    fn default() -> Pool {
        Pool {
            id: "eu-central-1_Example01".to_owned(),
            rotation_grace_ms: None,
            access_valid_ms: 3_600_000.0,
            refresh_valid_ms: 30.0 * 24.0 * 3_600_000.0,
            revocation: true,
            knows_get_tokens: true,
        }
    }
}

impl Pool {
    /// The issuer of its tokens.
    pub fn issuer(&self) -> String {
        let region = self.id.split('_').next().unwrap_or_default();
        format!("https://cognito-idp.{region}.amazonaws.com/{}", self.id)
    }
}

/// How a user signs in.
pub struct SignIn<'a> {
    pub user: &'a str,
    pub client: &'a str,
    /// The cookie of the hosted UI's session; without it, the user signs in by the API.
    pub hosted: Option<u32>,
    /// The tokens have [`ADMIN_SCOPE`].
    pub admin_scope: bool,
    /// The key of the remembered device. A key that the pool does not know is a new device.
    pub device: Option<String>,
}

/// The tokens of a sign-in.
pub struct Issued {
    /// The number of the session, from 0.
    pub session: usize,
    pub access: String,
    pub id: String,
    pub refresh: String,
}

/// An answer of the JSON API.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// `x-amzn-ErrorType` as it is sent: with a colon at its end.
    pub error_type: Option<String>,
    pub body: String,
}

/// The answer of the hosted UI to `/logout`.
#[derive(Clone, Debug, PartialEq)]
pub enum Logout {
    /// A redirect to this sign-out URL. The hosted UI's session has ended.
    Redirect(String),
    /// Cognito's error page, which never leads back to the app. No session has ended.
    ErrorPage,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Access,
    Id,
    Refresh,
}

/// A token that was issued.
struct Token {
    text: String,
    kind: Kind,
    session: usize,
    /// Seconds since the epoch.
    expires: u64,
    /// Milliseconds since the epoch: when the grace period of a rotated refresh token ends.
    spent_at: Option<f64>,
}

/// One sign-in, with its refresh tokens and all tokens made from them.
struct Session {
    user: String,
    client: String,
    scope: String,
    device: Option<String>,
    /// Seconds since the epoch.
    auth_time: u64,
    /// Seconds since the epoch: when its refresh tokens expire.
    refresh_expires: u64,
    is_revoked: bool,
}

/// A session of the hosted UI.
struct Hosted {
    user: String,
    /// Seconds since the epoch.
    auth_time: u64,
    /// Milliseconds since the epoch.
    expires_ms: f64,
    is_ended: bool,
}

/// One user pool, its app clients and users, and its hosted UI.
pub struct Cognito {
    pool: Pool,
    /// The registered sign-out URLs of each app client.
    clients: BTreeMap<String, Vec<String>>,
    /// By the number of the token.
    tokens: Vec<Token>,
    sessions: Vec<Session>,
    /// By the number of the cookie, which counts from 1.
    hosted: Vec<Hosted>,
    /// The owner of each remembered device, by its key.
    devices: BTreeMap<String, String>,
}

/// The body of a success, or an error.
type Served = Result<String, Answer>;

impl Cognito {
    pub fn new(pool: Pool) -> Cognito {
        Cognito {
            pool,
            clients: BTreeMap::new(),
            tokens: Vec::new(),
            sessions: Vec::new(),
            hosted: Vec::new(),
            devices: BTreeMap::new(),
        }
    }

    /// Adds an app client with its registered sign-out URLs.
    pub fn add_client(&mut self, id: &str, logout_urls: &[&str]) {
        let urls = logout_urls.iter().map(|&url| url.to_owned()).collect();
        self.clients.insert(id.to_owned(), urls);
    }

    /// Signs a user in. A cookie in `how` must be alive and belong to this user.
    pub fn sign_in(&mut self, wall: f64, how: &SignIn) -> Issued {
        assert!(self.clients.contains_key(how.client), "no such client");
        let mut auth_time = seconds(wall);
        let mut scopes = Vec::new();
        if let Some(cookie) = how.hosted {
            assert!(self.hosted_is_alive(wall, cookie), "the cookie is dead");
            let hosted = &mut self.hosted[cookie as usize - 1];
            assert_eq!(hosted.user, how.user, "the cookie is of another user");
            hosted.expires_ms = wall + HOSTED_MS;
            auth_time = hosted.auth_time;
            scopes.push("openid");
        }
        match how.admin_scope {
            true => scopes.push(ADMIN_SCOPE),
            false if scopes.is_empty() => scopes.push("openid"),
            false => {}
        }
        if let Some(key) = &how.device {
            let owner = self.devices.entry(key.clone());
            let owner = owner.or_insert_with(|| how.user.to_owned());
            assert_eq!(owner, how.user, "the device is of another user");
        }
        let session = self.sessions.len();
        self.sessions.push(Session {
            user: how.user.to_owned(),
            client: how.client.to_owned(),
            scope: scopes.join(" "),
            device: how.device.clone(),
            auth_time,
            refresh_expires: seconds(wall) + seconds(self.pool.refresh_valid_ms),
            is_revoked: false,
        });
        let refresh = self.issue_refresh(session);
        let (access, id) = self.issue(wall, session);
        Issued {
            session,
            access,
            id,
            refresh,
        }
    }

    // ---- the JSON API

    /// Answers a request of the JSON API. `target` is the operation without its prefix.
    pub fn serve(&mut self, wall: f64, target: &str, body: &str) -> Answer {
        let operation = match target {
            "RevokeToken" => Cognito::revoke_token,
            "GlobalSignOut" => Cognito::global_sign_out,
            "ForgetDevice" => Cognito::forget_device,
            "InitiateAuth" => Cognito::initiate_auth,
            "GetTokensFromRefreshToken" if self.pool.knows_get_tokens => Cognito::get_tokens,
            _ => return error("UnknownOperationException", "UnknownOperationException"),
        };
        match serde_json::from_str(body) {
            Ok(Value::Object(input)) => {
                operation(self, wall, &input).map_or_else(|refused| refused, success)
            }
            _ => error("SerializationException", "SerializationException"),
        }
    }

    fn revoke_token(&mut self, wall: f64, input: &Map<String, Value>) -> Served {
        let token = required(input, "Token")?;
        let client = self.client(input)?;
        if !self.pool.revocation {
            return Err(error(
                "UnsupportedOperationException",
                "Token revocation is not enabled for this client.",
            ));
        }
        let Some(found) = self.find(token) else {
            return Ok(String::new());
        };
        if found.kind != Kind::Refresh {
            let text = "Unsupported token type";
            return Err(error("UnsupportedTokenTypeException", text));
        }
        let session = found.session;
        if self.sessions[session].client != client {
            let text = "The token was not issued to this client.";
            return Err(error("UnauthorizedException", text));
        }
        if !found.is_spent(wall) {
            self.sessions[session].is_revoked = true;
        }
        Ok(String::new())
    }

    fn global_sign_out(&mut self, wall: f64, input: &Map<String, Value>) -> Served {
        let session = self.authorize(wall, input)?;
        let user = self.sessions[session].user.clone();
        for session in &mut self.sessions {
            session.is_revoked |= session.user == user;
        }
        Ok("{}".to_owned())
    }

    fn forget_device(&mut self, wall: f64, input: &Map<String, Value>) -> Served {
        let key = required(input, "DeviceKey")?;
        let session = self.authorize(wall, input)?;
        if self.devices.get(key) != Some(&self.sessions[session].user) {
            let text = "Device does not exist.";
            return Err(error("ResourceNotFoundException", text));
        }
        self.devices.remove(key);
        Ok(String::new())
    }

    fn get_tokens(&mut self, wall: f64, input: &Map<String, Value>) -> Served {
        let token = required(input, "RefreshToken")?;
        let client = self.client(input)?;
        let key = input.get("DeviceKey").and_then(Value::as_str);
        let result = self.refresh(wall, client, token, key)?;
        Ok(json!({ "AuthenticationResult": result }).to_string())
    }

    /// InitiateAuth, only for a refresh.
    fn initiate_auth(&mut self, wall: f64, input: &Map<String, Value>) -> Served {
        let flow = required(input, "AuthFlow")?;
        let client = self.client(input)?;
        if !matches!(flow, "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN") {
            assert!(!flow.starts_with("USER_"), "the model knows no passwords");
            return Err(violates("authFlow", "Member must satisfy enum value set"));
        }
        let parameters = input.get("AuthParameters").unwrap_or(&Value::Null);
        let text = |name: &str| parameters.get(name).and_then(Value::as_str);
        let Some(token) = text("REFRESH_TOKEN") else {
            let text = "Missing required parameter REFRESH_TOKEN";
            return Err(error("InvalidParameterException", text));
        };
        if self.pool.rotation_grace_ms.is_some() {
            return Err(error(
                "UnsupportedOperationException",
                "Refresh token rotation is enabled for this client: use GetTokensFromRefreshToken.",
            ));
        }
        let result = self.refresh(wall, client, token, text("DEVICE_KEY"))?;
        let answer = json!({ "AuthenticationResult": result, "ChallengeParameters": {} });
        Ok(answer.to_string())
    }

    /// New tokens for a refresh token, and a new refresh token where they are rotated.
    fn refresh(
        &mut self,
        wall: f64,
        client: &str,
        token: &str,
        device: Option<&str>,
    ) -> Result<Value, Answer> {
        let found = self.find(token);
        let found = found.filter(|found| found.kind == Kind::Refresh);
        let found = found.filter(|found| self.sessions[found.session].client == client);
        let found = found.ok_or_else(|| not_authorized("Invalid Refresh Token."))?;
        let session = &self.sessions[found.session];
        if session.is_revoked {
            return Err(not_authorized("Refresh Token has been revoked"));
        }
        if found.is_expired(wall) {
            return Err(not_authorized("Refresh Token has expired"));
        }
        if found.is_spent(wall) {
            let text = "Refresh token has already been used.";
            return Err(error("RefreshTokenReuseException", text));
        }
        let known = session.device.as_deref();
        let known = known.filter(|&key| self.devices.contains_key(key));
        if known.is_some() && known != device {
            return Err(not_authorized("Invalid Refresh Token."));
        }

        let (number, session) = (number_of(token), found.session);
        let (access, id) = self.issue(wall, session);
        let mut result = json!({
            "AccessToken": access,
            "ExpiresIn": seconds(self.pool.access_valid_ms),
            "IdToken": id,
            "TokenType": "Bearer",
        });
        if let (Some(grace), Some(number)) = (self.pool.rotation_grace_ms, number) {
            self.tokens[number].spent_at.get_or_insert(wall + grace);
            result["RefreshToken"] = self.issue_refresh(session).into();
        }
        Ok(result)
    }

    /// The app client that a request names.
    fn client<'a>(&self, input: &'a Map<String, Value>) -> Result<&'a str, Answer> {
        let id = required(input, "ClientId")?;
        if self.clients.contains_key(id) {
            return Ok(id);
        }
        let text = format!("User pool client {id} does not exist.");
        Err(error("ResourceNotFoundException", &text))
    }

    /// The session of the access token, which must be alive and have [`ADMIN_SCOPE`].
    fn authorize(&self, wall: f64, input: &Map<String, Value>) -> Result<usize, Answer> {
        let Some(token) = input.get("AccessToken").and_then(Value::as_str) else {
            return Err(violates("accessToken", "Member must not be null"));
        };
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=.".contains(&byte);
        if token.is_empty() || !token.bytes().all(legal) {
            return Err(violates(
                "accessToken",
                "Member must satisfy regular expression pattern: [A-Za-z0-9-_=.]+",
            ));
        }
        let found = match self.find(token) {
            Some(found) if found.kind == Kind::Access => found,
            None if is_jwt(token) => {
                let text = "Could not verify signature for Access Token";
                return Err(not_authorized(text));
            }
            _ => return Err(not_authorized("Invalid Access Token")),
        };
        let session = &self.sessions[found.session];
        if found.is_expired(wall) {
            return Err(not_authorized("Access Token has expired"));
        }
        if session.is_revoked {
            return Err(not_authorized("Access Token has been revoked"));
        }
        if !session.scope.split(' ').any(|scope| scope == ADMIN_SCOPE) {
            let text = "Access Token does not have required scopes";
            return Err(not_authorized(text));
        }
        Ok(found.session)
    }

    // ---- tokens

    fn issue(&mut self, wall: f64, session: usize) -> (String, String) {
        let access = self.issue_jwt(wall, session, Kind::Access);
        (access, self.issue_jwt(wall, session, Kind::Id))
    }

    fn issue_jwt(&mut self, wall: f64, index: usize, kind: Kind) -> String {
        let number = self.tokens.len();
        let session = &self.sessions[index];
        let expires = seconds(wall) + seconds(self.pool.access_valid_ms);
        let mut claims = json!({
            "sub": format!("sub-of-{}", session.user),
            "iss": self.pool.issuer(),
            "iat": seconds(wall),
            "auth_time": session.auth_time,
            "exp": expires,
            "jti": format!("jti-{number}"),
        });
        if kind == Kind::Access {
            claims["token_use"] = "access".into();
            claims["client_id"] = session.client.as_str().into();
            claims["username"] = session.user.as_str().into();
            claims["scope"] = session.scope.as_str().into();
            if let Some(device) = &session.device {
                claims["device_key"] = device.as_str().into();
            }
        } else {
            claims["token_use"] = "id".into();
            claims["aud"] = session.client.as_str().into();
            claims["cognito:username"] = session.user.as_str().into();
        }
        if self.pool.revocation || self.pool.rotation_grace_ms.is_some() {
            claims["origin_jti"] = format!("origin-{index}").into();
        }
        let text = jwt_with(&claims, &format!("{MARKER}{number}"));
        self.keep(text, kind, index, expires)
    }

    fn issue_refresh(&mut self, session: usize) -> String {
        let text = format!("{REFRESH_TOKEN}{MARKER}{}", self.tokens.len());
        let expires = self.sessions[session].refresh_expires;
        self.keep(text, Kind::Refresh, session, expires)
    }

    fn keep(&mut self, text: String, kind: Kind, session: usize, expires: u64) -> String {
        self.tokens.push(Token {
            text: text.clone(),
            kind,
            session,
            expires,
            spent_at: None,
        });
        text
    }

    fn find(&self, token: &str) -> Option<&Token> {
        let found = self.tokens.get(number_of(token)?);
        found.filter(|found| found.text == token)
    }

    /// Whether a refresh token can still be used.
    pub fn refresh_is_alive(&self, wall: f64, token: &str) -> bool {
        self.is_alive(wall, token, Kind::Refresh)
    }

    /// Whether Cognito still accepts an access token.
    pub fn access_is_alive(&self, wall: f64, token: &str) -> bool {
        self.is_alive(wall, token, Kind::Access)
    }

    fn is_alive(&self, wall: f64, token: &str, kind: Kind) -> bool {
        self.find(token).is_some_and(|found| {
            let is_over = found.is_expired(wall) || found.is_spent(wall);
            found.kind == kind && !is_over && !self.sessions[found.session].is_revoked
        })
    }

    /// The session of any token that was ever issued.
    pub fn session_of(&self, token: &str) -> Option<usize> {
        Some(self.find(token)?.session)
    }

    // ---- the hosted UI

    /// Signs a user in at the hosted UI, in a new browser. Returns the number of its cookie.
    pub fn hosted_sign_in(&mut self, wall: f64, user: &str) -> u32 {
        self.hosted.push(Hosted {
            user: user.to_owned(),
            auth_time: seconds(wall),
            expires_ms: wall + HOSTED_MS,
            is_ended: false,
        });
        self.hosted.len() as u32
    }

    /// Whether the hosted UI signs the user of this cookie in without a password.
    pub fn hosted_is_alive(&self, wall: f64, cookie: u32) -> bool {
        let number = cookie as usize;
        let hosted = number.checked_sub(1).and_then(|it| self.hosted.get(it));
        hosted.is_some_and(|hosted| !hosted.is_ended && wall < hosted.expires_ms)
    }

    /// Answers `GET /logout` with the browser's cookie. App clients have no callback URLs here, so
    /// a `redirect_uri` leads to the error page.
    pub fn logout(&mut self, _wall: f64, cookie: Option<u32>, url: &str) -> Logout {
        let query = query_of(url);
        let text = |name: &str| {
            let mut named = query.iter().filter(|(key, _)| key == name);
            named.next().map(|(_, value)| value.as_str())
        };
        let urls = text("client_id").and_then(|client| self.clients.get(client));
        let target = text("logout_uri").unwrap_or_default();
        if !urls.is_some_and(|urls| urls.iter().any(|url| url == target)) {
            return Logout::ErrorPage;
        }
        let number = cookie.unwrap_or_default() as usize;
        if let Some(hosted) = number.checked_sub(1).and_then(|it| self.hosted.get_mut(it)) {
            hosted.is_ended = true;
        }
        Logout::Redirect(target.to_owned())
    }
}

impl Token {
    fn is_expired(&self, wall: f64) -> bool {
        self.expires <= seconds(wall)
    }

    /// Whether it was rotated and its grace period is over.
    fn is_spent(&self, wall: f64) -> bool {
        self.spent_at.is_some_and(|spent_at| wall >= spent_at)
    }
}

// ---- the service's own faults

pub fn throttled() -> Answer {
    error("TooManyRequestsException", "Rate exceeded")
}

pub fn internal_error() -> Answer {
    let answer = error("InternalErrorException", "Internal server error");
    Answer {
        status: 500,
        ..answer
    }
}

/// The sign-in page of a network in place of Cognito's answer.
pub fn captive_portal() -> Answer {
    success("<html>captive portal</html>".to_owned())
}

// ---- answers

fn success(body: String) -> Answer {
    Answer {
        status: 200,
        error_type: None,
        body,
    }
}

fn error(kind: &str, message: &str) -> Answer {
    Answer {
        status: 400,
        error_type: Some(format!("{kind}:")),
        body: json!({ "__type": kind, "message": message }).to_string(),
    }
}

fn not_authorized(message: &str) -> Answer {
    error("NotAuthorizedException", message)
}

/// The error for a member that does not satisfy a constraint.
fn violates(member: &str, constraint: &str) -> Answer {
    let text = format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: {constraint}"
    );
    error("InvalidParameterException", &text)
}

// ---- requests

/// A member that must be a string and not empty.
fn required<'a>(input: &'a Map<String, Value>, name: &str) -> Result<&'a str, Answer> {
    let text = input.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty()).ok_or_else(|| {
        let (first, rest) = name.split_at(1);
        let member = first.to_ascii_lowercase() + rest;
        violates(&member, "Member must not be null")
    })
}

fn seconds(ms: f64) -> u64 {
    (ms / 1000.0).floor() as u64
}

/// The number after the marker.
fn number_of(token: &str) -> Option<usize> {
    token.rsplit_once(MARKER)?.1.parse().ok()
}

/// Whether a text has the form of a JWT: its first two parts are JSON objects or arrays.
fn is_jwt(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let [head, claims, signature] = parts[..] else {
        return false;
    };
    let holds_json = |part: &str| {
        let json = serde_json::from_slice::<Value>(&decode_base64url(part));
        json.is_ok_and(|json| json.is_object() || json.is_array())
    };
    !signature.is_empty() && holds_json(head) && holds_json(claims)
}

/// The bytes of a base64url text, up to its padding.
pub fn decode_base64url(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

/// The parameters of a URL's query.
fn query_of(url: &str) -> Vec<(String, String)> {
    let url = url.split('#').next().unwrap_or_default();
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode_form(name), decode_form(value)))
        .collect()
}

/// Decodes a name or a value of `application/x-www-form-urlencoded`.
fn decode_form(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3);
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
