//! Unsigned JWTs.

/// Base64url without padding.
pub fn base64url(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0u32, |bits, &byte| bits << 8 | u32::from(byte))
            << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            out.push(DIGITS[(bits >> (18 - 6 * i) & 63) as usize].into());
        }
    }
    out
}

/// A JWT with these claims, unsigned.
pub fn jwt(claims: serde_json::Value) -> String {
    jwt_with(&claims, "c2ln")
}

/// The same, with this text in place of the signature.
pub fn jwt_with(claims: &serde_json::Value, signature: &str) -> String {
    [
        &base64url(r#"{"alg":"RS256"}"#),
        ".",
        &base64url(&claims.to_string()),
        ".",
        signature,
    ]
    .concat()
}
