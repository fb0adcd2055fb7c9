//! Every answer of the corpus, and what it must come to: written by hand from the contract's table.

use cognito_signout::AuthErrorCode::{
    self, Configuration, MissingScope, Network, NotAuthorized, RevocationDisabled, Service,
    Throttled, TokenRevoked,
};
use cognito_signout::internals::engine::tables::Op;
use cognito_signout::internals::protocol::Response;
use serde_json::Value;

const CORPUS: &str = include_str!("../fixtures/cognito-responses.json");

/// What an answer must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    Ok,
    /// The access token has expired: one refresh, one more try.
    Expired,
    /// Never tried again.
    Final(AuthErrorCode),
    /// Tried again.
    Transient(AuthErrorCode),
    /// A network error while offline: not tried again.
    Offline,
    /// No answer at all.
    Silent,
    /// The body comes 20 seconds late.
    Slow,
}

use Want::{Expired, Final, Ok, Transient};

/// One fault of one operation.
#[derive(Clone, Debug)]
pub struct Fault {
    pub name: String,
    pub op: Op,
    /// `None`: there is none, the request fails or hangs.
    pub response: Option<Response>,
    pub want: Want,
}

/// operation, HTTP status, type, message (or body): outcome.
type Row = (&'static str, u16, &'static str, &'static str, Want);

/// The corpus, row by row.
const BY_HAND: &[Row] = &[
    ("RevokeToken", 200, "", "", Ok),
    ("RevokeToken", 200, "", "{}", Ok),
    ("GlobalSignOut", 200, "", "{}", Ok),
    (
        "GlobalSignOut",
        400,
        "NotAuthorizedException",
        "Access Token has been revoked",
        Final(TokenRevoked),
    ),
    (
        "GlobalSignOut",
        400,
        "NotAuthorizedException",
        "Access Token has expired",
        Expired,
    ),
    (
        "GlobalSignOut",
        400,
        "NotAuthorizedException",
        "Access Token does not have required scopes",
        Final(MissingScope),
    ),
    (
        "GlobalSignOut",
        400,
        "NotAuthorizedException",
        "Could not verify signature for Access Token",
        Final(NotAuthorized),
    ),
    (
        "GlobalSignOut",
        400,
        "NotAuthorizedException",
        "Invalid Access Token",
        Final(NotAuthorized),
    ),
    (
        "GlobalSignOut",
        400,
        "InvalidParameterException",
        "1 validation error detected: Value at 'accessToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-_=.]+",
        Final(Service),
    ),
    (
        "GlobalSignOut",
        400,
        "TooManyRequestsException",
        "Rate exceeded",
        Transient(Throttled),
    ),
    (
        "RevokeToken",
        400,
        "TooManyRequestsException",
        "Too many requests",
        Transient(Throttled),
    ),
    (
        "GlobalSignOut",
        400,
        "UserNotFoundException",
        "User does not exist.",
        Final(NotAuthorized),
    ),
    (
        "GlobalSignOut",
        400,
        "PasswordResetRequiredException",
        "",
        Final(NotAuthorized),
    ),
    (
        "GlobalSignOut",
        400,
        "UserNotConfirmedException",
        "",
        Final(NotAuthorized),
    ),
    (
        "GlobalSignOut",
        400,
        "ResourceNotFoundException",
        "",
        Final(Configuration),
    ),
    (
        "GlobalSignOut",
        400,
        "ForbiddenException",
        "",
        Final(Service),
    ),
    (
        "GlobalSignOut",
        400,
        "OperationNotEnabledException",
        "",
        Final(Service),
    ),
    (
        "GlobalSignOut",
        500,
        "InternalErrorException",
        "",
        Transient(Service),
    ),
    (
        "RevokeToken",
        400,
        "UnsupportedTokenTypeException",
        "",
        Final(RevocationDisabled),
    ),
    (
        "RevokeToken",
        400,
        "UnsupportedOperationException",
        "",
        Final(RevocationDisabled),
    ),
    (
        "RevokeToken",
        400,
        "UnauthorizedException",
        "",
        Final(NotAuthorized),
    ),
    (
        "RevokeToken",
        400,
        "InvalidParameterException",
        "",
        Final(Service),
    ),
    ("RevokeToken", 400, "ForbiddenException", "", Final(Service)),
    (
        "RevokeToken",
        400,
        "OperationNotEnabledException",
        "",
        Final(RevocationDisabled),
    ),
    (
        "RevokeToken",
        500,
        "InternalErrorException",
        "",
        Transient(Service),
    ),
    (
        "GetTokensFromRefreshToken",
        400,
        "NotAuthorizedException",
        "Refresh Token has been revoked",
        Final(TokenRevoked),
    ),
    (
        "GetTokensFromRefreshToken",
        400,
        "NotAuthorizedException",
        "Invalid Refresh Token.",
        Final(TokenRevoked),
    ),
    (
        "GetTokensFromRefreshToken",
        400,
        "RefreshTokenReuseException",
        "",
        Final(TokenRevoked),
    ),
    (
        "GetTokensFromRefreshToken",
        400,
        "UserNotFoundException",
        "User does not exist.",
        Final(NotAuthorized),
    ),
    (
        "ForgetDevice",
        400,
        "ResourceNotFoundException",
        "Device does not exist.",
        Final(Service),
    ),
];

/// What the contract's table names beyond the corpus.
const ALSO: &[Row] = &[
    (
        "RevokeToken",
        400,
        "NotAuthorizedException",
        "Refresh Token has been revoked",
        Ok,
    ),
    (
        "RevokeToken",
        400,
        "NotAuthorizedException",
        "Invalid Refresh Token.",
        Ok,
    ),
    (
        "RevokeToken",
        400,
        "NotAuthorizedException",
        "Refresh Token has expired",
        Ok,
    ),
    (
        "RevokeToken",
        400,
        "NotAuthorizedException",
        "Something else",
        Final(NotAuthorized),
    ),
    (
        "GetTokensFromRefreshToken",
        400,
        "NotAuthorizedException",
        "Refresh Token has expired",
        Final(TokenRevoked),
    ),
    (
        "GetTokensFromRefreshToken",
        400,
        "NotAuthorizedException",
        "Client 1abc is configured with secret but SECRET_HASH was not received",
        Final(Configuration),
    ),
    (
        "GetTokensFromRefreshToken",
        400,
        "TooManyRequestsException",
        "Rate exceeded",
        Transient(Throttled),
    ),
    (
        "ForgetDevice",
        400,
        "NotAuthorizedException",
        "Access Token has expired",
        Expired,
    ),
    (
        "ForgetDevice",
        400,
        "NotAuthorizedException",
        "Access Token has been revoked",
        Final(TokenRevoked),
    ),
    (
        "ForgetDevice",
        400,
        "NotAuthorizedException",
        "Access Token does not have required scopes",
        Final(MissingScope),
    ),
    ("ForgetDevice", 200, "", "", Ok),
    (
        "ForgetDevice",
        400,
        "TooManyRequestsException",
        "Rate exceeded",
        Transient(Throttled),
    ),
];

/// The malformed and foreign answers of the corpus, in its order; the same for every operation.
const ROBUSTNESS: &[Want] = &[
    Final(NotAuthorized),
    Final(NotAuthorized),
    Final(NotAuthorized),
    Transient(Service),
    Transient(Service),
    Transient(Throttled),
    // A captive portal: the same request may reach Cognito in a moment.
    Transient(Service),
    Final(Service),
    Final(Service),
    Final(Service),
    Final(Service),
];

fn op_of(name: &str) -> Op {
    match name {
        "RevokeToken" => Op::RevokeToken,
        "GlobalSignOut" => Op::GlobalSignOut,
        "GetTokensFromRefreshToken" => Op::Refresh,
        "ForgetDevice" => Op::ForgetDevice,
        other => panic!("an operation that no sign-out has: {other}"),
    }
}

fn fault(row: &Row) -> Fault {
    let (name, status, kind, message, want) = *row;
    let body = match kind {
        "" => message.to_owned(),
        kind => serde_json::json!({ "__type": kind, "message": message }).to_string(),
    };
    Fault {
        name: [name, " ", kind, " ", message].concat(),
        op: op_of(name),
        response: Some(Response {
            status,
            error_type: (!kind.is_empty()).then(|| [kind, ":"].concat()),
            body,
            ..Response::default()
        }),
        want,
    }
}

/// The row of the table for a row of the corpus.
fn find(item: &Value) -> Fault {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    let said = match item["type"].as_str() {
        Some(_) => text("message"),
        None => text("body"),
    };
    let rows: Vec<&Row> = BY_HAND
        .iter()
        .filter(|row| {
            (row.0, u64::from(row.1), row.2, row.3)
                == (
                    text("op"),
                    item["status"].as_u64().unwrap_or(0),
                    text("type"),
                    said,
                )
        })
        .collect();
    assert_eq!(
        rows.len(),
        1,
        "the table has not this row, or twice: {item}"
    );
    fault(rows[0])
}

pub const OPS: [Op; 4] = [
    Op::RevokeToken,
    Op::GlobalSignOut,
    Op::Refresh,
    Op::ForgetDevice,
];

/// All faults: the corpus, the table's own rows, and what the network does.
pub fn all() -> Vec<Fault> {
    let corpus: Value = serde_json::from_str(CORPUS).unwrap();
    let rows = corpus["json_api"].as_array().unwrap();
    assert_eq!(
        rows.len(),
        BY_HAND.len(),
        "a row of the table is not in the corpus"
    );
    let mut all: Vec<Fault> = rows.iter().map(find).collect();
    all.extend(ALSO.iter().map(fault));
    let robustness = corpus["robustness"].as_array().unwrap();
    assert_eq!(robustness.len(), ROBUSTNESS.len());
    for op in OPS {
        for (item, want) in robustness.iter().zip(ROBUSTNESS) {
            let kind = item["headers"]["x-amzn-errortype"].as_str();
            all.push(Fault {
                name: format!("{op:?} {item}"),
                op,
                response: Some(Response {
                    status: item["status"].as_u64().unwrap() as u16,
                    error_type: kind.map(str::to_owned),
                    body: item["body"].as_str().unwrap().to_owned(),
                    ..Response::default()
                }),
                want: *want,
            });
        }
        for (name, want) in [
            ("silence", Want::Silent),
            ("dropped connection", Transient(Network)),
            ("slow body", Want::Slow),
            ("cut body", Transient(Network)),
            ("opaque CORS failure", Transient(Network)),
            ("offline", Want::Offline),
        ] {
            all.push(Fault {
                name: format!("{op:?} {name}"),
                op,
                response: None,
                want,
            });
        }
        // A body that was cut and passes for whole.
        all.push(Fault {
            name: format!("{op:?} half a body"),
            op,
            response: Some(Response {
                status: 200,
                body: "{\"Auth".into(),
                ..Response::default()
            }),
            want: Transient(Service),
        });
    }
    all
}
