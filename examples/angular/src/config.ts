// Yours: from the Cognito console, or the output of `npx cognito-signout-dev`.
export const config = {
  userPoolId: "eu-west-1_AbCdEfGhI",
  userPoolClientId: "1example23456789",
  userPoolEndpoint: "https://cognito-idp.eu-west-1.amazonaws.com",
};
