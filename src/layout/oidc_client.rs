//! The layout of oidc-client-ts and react-oidc-context.
