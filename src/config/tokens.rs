//! The tokens that an app hands over, in the three shapes people have them in.

use crate::config::Config;
use crate::error::{AuthError, AuthErrorCode};
use crate::fields::{Field, Fields};
use crate::session::Tokens;

impl Tokens {
    /// Reads tokens in our own shape, in OAuth's (`access_token`, ...) or in Cognito's
    /// (`AuthenticationResult`, bare or wrapped). The username is always set afterwards.
    ///
    /// # Errors
    /// `configuration`, naming the field in the shape that was given.
    pub fn read<F: Fields>(argument: Field<F>, config: &Config) -> Result<Tokens, AuthError> {
        let _ = (argument, config);
        Err(AuthError::new(AuthErrorCode::Unknown))
    }
}
