//! The shapes that people have their configuration in, told apart by their fields.

use crate::fields::Reader;

/// Where one shape keeps what we need: paths from the root of the configuration.
pub(super) struct Shape {
    /// In front of the names of the user pool's fields.
    pub(super) root: &'static str,
    /// In front of the names of the hosted UI's fields.
    pub(super) oauth: &'static str,
    pub(super) pool: &'static str,
    pub(super) client: &'static str,
    pub(super) identity_pool: &'static str,
    pub(super) redirects: &'static str,
}

/// Our own shape.
pub(super) const OWN: Shape = Shape {
    root: "",
    oauth: "hostedUI.",
    pool: "userPoolId",
    client: "userPoolClientId",
    identity_pool: "identityPoolId",
    redirects: "redirectSignOut",
};

/// `Auth.Cognito` of Amplify v6's ResourcesConfig.
const RESOURCES: Shape = Shape {
    root: "Auth.Cognito.",
    oauth: "Auth.Cognito.loginWith.oauth.",
    ..OWN
};

/// `auth` of `amplify_outputs.json`.
const OUTPUTS: Shape = Shape {
    root: "auth.",
    oauth: "auth.oauth.",
    pool: "user_pool_id",
    client: "user_pool_client_id",
    identity_pool: "identity_pool_id",
    redirects: "redirect_sign_out_uri",
};

/// `aws-exports` of the Amplify CLI.
const EXPORTS: Shape = Shape {
    oauth: "oauth.",
    pool: "aws_user_pools_id",
    client: "aws_user_pools_web_client_id",
    identity_pool: "aws_cognito_identity_pool_id",
    ..OWN
};

/// Amplify v5's `Auth`.
const V5: Shape = Shape {
    root: "Auth.",
    oauth: "Auth.oauth.",
    client: "userPoolWebClientId",
    ..OWN
};

/// The same fields bare.
const V5_BARE: Shape = Shape {
    root: "",
    oauth: "oauth.",
    ..V5
};

/// The settings of oidc-client-ts.
const OIDC: Shape = Shape {
    pool: "authority",
    client: "client_id",
    ..OWN
};

impl Shape {
    /// Our own: strict about its names.
    pub(super) fn is_own(&self) -> bool {
        self.pool == OWN.pool && self.oauth == OWN.oauth
    }

    /// Amplify v5's, nested, bare or written by its command line.
    pub(super) fn is_v5(&self) -> bool {
        self.client == V5.client || self.pool == EXPORTS.pool
    }

    /// oidc-client-ts names the pool by its issuer.
    pub(super) fn is_oidc(&self) -> bool {
        self.pool == OIDC.pool
    }
}

/// Tells the shapes apart; what is like none of them is taken for our own.
pub(super) fn find(reader: &mut Reader) -> &'static Shape {
    if reader.has(OIDC.pool) || reader.has(OIDC.client) {
        return &OIDC;
    }
    let exports = reader.has(EXPORTS.pool) || reader.has("aws_project_region");
    if reader.has("Auth") {
        if reader.has("Auth.Cognito") {
            return &RESOURCES;
        }
        // `{ ...awsExports, Auth: { storage } }`
        if !exports || reader.has("Auth.userPoolId") && reader.has("Auth.userPoolWebClientId") {
            return &V5;
        }
    }
    if exports {
        &EXPORTS
    } else if reader.has("auth") || reader.has("version") {
        &OUTPUTS
    } else if reader.has(V5.client) {
        &V5_BARE
    } else {
        &OWN
    }
}
