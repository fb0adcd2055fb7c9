// A second copy of the package, as lib/bundle.mjs has it.
declare module "cognito-signout/amplify?copy" {
  export * from "cognito-signout/amplify";
}
declare module "cognito-signout/oidc-client-ts?copy" {
  export * from "cognito-signout/oidc-client-ts";
}
