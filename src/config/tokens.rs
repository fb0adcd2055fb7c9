//! The tokens that an app hands over, in the three shapes people have them in.

use crate::config::Config;
use crate::error::AuthError;
use crate::fields::{Field, Fields, Reader, no_object};
use crate::json::Json;
use crate::session::{Claims, Secret, SignInMethod, Tokens};

/// The names of one shape, and the sign-in that such tokens come from.
type Shape = ([&'static str; 3], Option<SignInMethod>);

const OWN: Shape = (["accessToken", "idToken", "refreshToken"], None);

const FOREIGN: [Shape; 3] = [
    (
        [
            "AuthenticationResult.AccessToken",
            "AuthenticationResult.IdToken",
            "AuthenticationResult.RefreshToken",
        ],
        Some(SignInMethod::Api),
    ),
    (
        ["AccessToken", "IdToken", "RefreshToken"],
        Some(SignInMethod::Api),
    ),
    // Only the hosted UI's token endpoint answers like this.
    (
        ["access_token", "id_token", "refresh_token"],
        Some(SignInMethod::HostedUi),
    ),
];

/// Reads tokens in our own shape, in OAuth's (`access_token`, ...) or in Cognito's
/// (`AuthenticationResult`, bare or wrapped). The username is always set afterwards.
///
/// # Errors
/// `configuration`, naming the field in the shape that was given.
pub fn read<F: Fields>(argument: Field<F>, config: &Config) -> Result<Tokens, AuthError> {
    match argument {
        Field::Object(object) => read_object(Reader::new(&object), config),
        _ => Err(no_object("tokens")),
    }
}

impl Tokens {
    /// Reads tokens from a JSON text: the answer of `/oauth2/token` (`access_token`, ...), that of InitiateAuth
    /// (`AuthenticationResult`, bare or wrapped), or our own shape (`accessToken`, ...). The username is always
    /// set afterwards.
    ///
    /// # Errors
    /// `configuration`, naming the field in the shape that was given: no JWT, a token of another use, or one of
    /// another app client than the configured one.
    pub fn from_json(text: &str, config: &Config) -> Result<Tokens, AuthError> {
        let json = Json::parse(text)
            .ok_or_else(|| AuthError::configuration("tokens", "is not a JSON text."))?;
        read(Field::from(json), config)
    }
}

fn read_object(mut reader: Reader, config: &Config) -> Result<Tokens, AuthError> {
    let mut shape = OWN;
    for (index, foreign) in FOREIGN.into_iter().enumerate() {
        // A wrapper without a token in it is still a wrapper.
        if reader.has(foreign.0[0]) || index == 0 && reader.has("AuthenticationResult") {
            shape = foreign;
            break;
        }
    }
    let ([access, id, refresh], mut sign_in_method) = shape;
    if let Some(method) = reader.text("signInMethod") {
        sign_in_method = match method.as_str() {
            "api" => Some(SignInMethod::Api),
            "hostedUI" => Some(SignInMethod::HostedUi),
            _ => {
                reader.fail("signInMethod", "must be \"api\" or \"hostedUI\".");
                None
            }
        };
    }
    let access_token = Secret::new(reader.required(access));
    let client_id = &config.user_pool_client_id;
    let claims = claims(&mut reader, access, &access_token, "access", client_id);
    let id_token = reader.text(id).map(Secret::new);
    if let Some(token) = &id_token {
        self::claims(&mut reader, id, token, "id", client_id);
    }
    let username = reader.text("username").or(claims.username);
    if username.is_none() {
        reader.fail(
            "username",
            "is missing, and the access token names none. Set it.",
        );
    }
    let refresh_token = reader.text(refresh).map(Secret::new);
    reader.finish(Tokens {
        access_token,
        id_token,
        refresh_token,
        username,
        sign_in_method,
    })
}

/// The claims of a token, which must be a JWT of that use and of that app client.
fn claims(
    reader: &mut Reader,
    path: &str,
    token: &Secret,
    token_use: &str,
    client_id: &str,
) -> Claims {
    let claims = Claims::of(token);
    if claims.is_none() {
        reader.fail(path, "is not a JWT. Pass the token as Cognito gave it.");
    }
    let claims = claims.unwrap_or_default();
    if claims
        .token_use
        .as_ref()
        .is_some_and(|given| given != token_use)
    {
        reader.fail(path, "is a token of another use: its token_use says so.");
    }
    if claims.client_id.as_ref().is_some_and(|id| id != client_id) {
        reader.fail(
            path,
            "is a token of another app client than the configured one.",
        );
    }
    claims
}
