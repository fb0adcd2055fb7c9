//! The tokens that an app hands over, in the three shapes people have them in.

use crate::config::Config;
use crate::error::AuthError;
use crate::fields::{Field, Fields, object_argument};
use crate::session::{Claims, Secret, SignInMethod, Tokens};

/// The names of one shape, and the sign-in that such tokens come from.
type Shape = ([&'static str; 3], Option<SignInMethod>);

const SHAPES: [Shape; 3] = [
    (["accessToken", "idToken", "refreshToken"], None),
    // Only the hosted UI's token endpoint answers like this.
    (
        ["access_token", "id_token", "refresh_token"],
        Some(SignInMethod::HostedUi),
    ),
    (
        ["AccessToken", "IdToken", "RefreshToken"],
        Some(SignInMethod::Api),
    ),
];

impl Tokens {
    /// Reads tokens in our own shape, in OAuth's (`access_token`, ...) or in Cognito's
    /// (`AuthenticationResult`, bare or wrapped). The username is always set afterwards.
    ///
    /// # Errors
    /// `configuration`, naming the field in the shape that was given.
    pub fn read<F: Fields>(argument: Field<F>, config: &Config) -> Result<Tokens, AuthError> {
        let at = object_argument(argument, "tokens")?;
        let given = [at.text("username")?, at.text("signInMethod")?];
        let wrapped = at.object("AuthenticationResult")?;
        let at = wrapped.unwrap_or(at);
        let [own, oauth, cognito] = &SHAPES;
        let ([access, id, refresh], from) = if at.has(cognito.0[0])? {
            cognito
        } else if at.has(oauth.0[0])? {
            oauth
        } else {
            own
        };
        let [username, method] = given;
        let method = match method.as_deref() {
            None => *from,
            Some("api") => Some(SignInMethod::Api),
            Some("hostedUI") => Some(SignInMethod::HostedUi),
            _ => {
                return Err(AuthError::configuration(
                    "signInMethod",
                    "must be \"api\" or \"hostedUI\".",
                ));
            }
        };
        let access_token = Secret::new(at.required(access)?);
        let claims = Claims::of(&access_token).ok_or_else(|| at.error(access, NO_JWT))?;
        if claims.token_use.is_some_and(|kind| kind != "access") {
            return Err(at.error(access, "is not an access token: its token_use is another."));
        }
        if claims
            .client_id
            .is_some_and(|id| id != config.user_pool_client_id)
        {
            return Err(at.error(
                access,
                "is a token of another app client than the configured one.",
            ));
        }
        let id_token = at.text(id)?.map(Secret::new);
        if let Some(token) = &id_token {
            let claims = Claims::of(token).ok_or_else(|| at.error(id, NO_JWT))?;
            if claims.token_use.is_some_and(|kind| kind != "id") {
                return Err(at.error(id, "is not an ID token: its token_use is another."));
            }
        }
        let username = username.or(claims.username).ok_or_else(|| {
            AuthError::configuration(
                "username",
                "is missing, and the access token has no username claim. Set it.",
            )
        })?;
        Ok(Tokens {
            access_token,
            id_token,
            refresh_token: at.text(refresh)?.map(Secret::new),
            username: Some(username),
            sign_in_method: method,
        })
    }
}

const NO_JWT: &str = "is not a JWT. Pass the token as Cognito gave it.";
