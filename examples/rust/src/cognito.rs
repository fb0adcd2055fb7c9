//! Signing in with a password, by Cognito's own API.

use cognito_signout::Client;
use cognito_signout::fields::Field;
use cognito_signout::json::{Json, object_of};
use cognito_signout::session::Tokens;
use gloo_net::http::Request;

/// Signs in and stores the tokens, or says why not.
pub async fn sign_in(client: &Client, username: &str, password: &str) -> Result<(), String> {
    let config = client.config();
    let parameters = object_of(&[("USERNAME", username), ("PASSWORD", password)]);
    let body = format!(
        r#"{{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"{}","AuthParameters":{parameters}}}"#,
        config.user_pool_client_id
    );
    let answer = Request::post(&config.endpoint)
        .header("Content-Type", "application/x-amz-json-1.1")
        .header(
            "X-Amz-Target",
            "AWSCognitoIdentityProviderService.InitiateAuth",
        )
        .body(body)
        .map_err(|error| error.to_string())?
        .send()
        .await
        .map_err(|error| error.to_string())?;
    let answer = answer.text().await.map_err(|error| error.to_string())?;
    let answer = Json::parse(&answer).ok_or("this is not Cognito's answer")?;
    let result = answer.get("AuthenticationResult").cloned().ok_or_else(|| {
        answer
            .get("message")
            .and_then(Json::as_str)
            .unwrap_or("no tokens")
            .to_owned()
    })?;
    let tokens = Tokens::read(Field::from(result), config).map_err(|error| error.to_string())?;
    client
        .store_tokens(tokens)
        .await
        .map_err(|error| error.to_string())
}
