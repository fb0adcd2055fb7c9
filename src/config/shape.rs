//! The shapes that people have their configuration in, told apart by their fields.

use crate::error::AuthError;
use crate::fields::{At, Field, Fields};

/// Where one shape keeps what we need.
pub(super) struct Shape {
    /// Our own: strict about its names.
    pub(super) own: bool,
    pub(super) pool: &'static str,
    pub(super) client: &'static str,
    pub(super) identity_pool: &'static str,
    pub(super) endpoint: &'static str,
    pub(super) redirects: &'static str,
}

const OWN: Shape = Shape {
    own: true,
    pool: "userPoolId",
    client: "userPoolClientId",
    identity_pool: "identityPoolId",
    endpoint: "userPoolEndpoint",
    redirects: "redirectSignOut",
};

/// `Auth.Cognito` of Amplify v6's ResourcesConfig: our names, and others beside them.
const RESOURCES: Shape = Shape { own: false, ..OWN };

/// `auth` of `amplify_outputs.json`.
const OUTPUTS: Shape = Shape {
    own: false,
    pool: "user_pool_id",
    client: "user_pool_client_id",
    identity_pool: "identity_pool_id",
    endpoint: "user_pool_endpoint",
    redirects: "redirect_sign_out_uri",
};

/// `aws-exports` of the Amplify CLI.
const EXPORTS: Shape = Shape {
    pool: "aws_user_pools_id",
    client: "aws_user_pools_web_client_id",
    identity_pool: "aws_cognito_identity_pool_id",
    endpoint: "aws_user_pools_endpoint",
    ..RESOURCES
};

/// Amplify v5's `Auth`, or the same fields bare.
const V5: Shape = Shape {
    client: "userPoolWebClientId",
    endpoint: "endpoint",
    ..RESOURCES
};

/// Which shape it is, and the object that holds its fields where that is not the whole configuration.
pub(super) struct Found<F> {
    pub(super) shape: &'static Shape,
    nested: Option<At<F>>,
}

impl<F: Fields> Found<F> {
    /// The object that holds the shape's fields.
    pub(super) fn at<'a>(&'a self, root: &'a At<F>) -> &'a At<F> {
        self.nested.as_ref().unwrap_or(root)
    }

    /// The OAuth settings of a foreign shape; an empty object or domain says that there are none.
    pub(super) fn oauth(&self, root: &At<F>) -> Result<Option<At<F>>, AuthError> {
        if self.shape.own {
            return Ok(None);
        }
        let at = self.at(root);
        let oauth = match at.object("loginWith")? {
            Some(login) => login.object("oauth")?,
            None => at.object("oauth")?,
        };
        Ok(match oauth {
            Some(oauth) if !is_blank(&oauth.field("domain")?) => Some(oauth),
            _ => None,
        })
    }
}

fn is_blank<F>(field: &Field<F>) -> bool {
    match field {
        Field::Missing => true,
        Field::Text(text) => text.is_empty(),
        _ => false,
    }
}

/// Tells the shapes apart; what is like none of them is taken for our own.
pub(super) fn find<F: Fields>(root: &At<F>) -> Result<Found<F>, AuthError> {
    let mut nested = None;
    let exports = root.has(EXPORTS.pool)? || root.has("aws_project_region")?;
    let shape = if let Some(auth) = root.object("Auth")? {
        if let Some(cognito) = auth.object("Cognito")? {
            nested = Some(cognito);
            &RESOURCES
        } else if exports && !(auth.has(V5.pool)? && auth.has(V5.client)?) {
            // `{ ...awsExports, Auth: { storage } }`
            &EXPORTS
        } else {
            nested = Some(auth);
            &V5
        }
    } else if exports {
        &EXPORTS
    } else if root.has("auth")? || root.has("version")? {
        nested = root.object("auth")?;
        if nested.is_none() {
            return Err(root.error(
                "auth",
                "is missing. Pass an amplify_outputs.json of a backend with auth.",
            ));
        }
        &OUTPUTS
    } else if root.has(V5.client)? {
        &V5
    } else {
        &OWN
    };
    Ok(Found { shape, nested })
}
