//! Signing in with a password, by Cognito's own API.

use cognito_signout::{Client, Tokens};
use gloo_net::http::Request;
use serde_json::{Value, json};

/// Signs in and stores the tokens, or says why not.
pub async fn sign_in(client: &Client, username: &str, password: &str) -> Result<(), String> {
    let config = client.config();
    let body = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": config.user_pool_client_id,
        "AuthParameters": { "USERNAME": username, "PASSWORD": password },
    });
    let answer = Request::post(&config.endpoint)
        .header("Content-Type", "application/x-amz-json-1.1")
        .header(
            "X-Amz-Target",
            "AWSCognitoIdentityProviderService.InitiateAuth",
        )
        .body(body.to_string())
        .map_err(|error| error.to_string())?
        .send()
        .await
        .map_err(|error| error.to_string())?;
    let is_ok = answer.ok();
    let answer = answer.text().await.map_err(|error| error.to_string())?;
    if !is_ok {
        let error: Value = serde_json::from_str(&answer).unwrap_or_default();
        return Err(error["message"].as_str().unwrap_or("no tokens").to_owned());
    }
    let tokens = Tokens::from_json(&answer, config).map_err(|error| error.to_string())?;
    client
        .store_tokens(tokens)
        .await
        .map_err(|error| error.to_string())
}
