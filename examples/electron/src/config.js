// Yours: from the Cognito console, or the output of `npx cognito-signout-dev`.
export const config = {
  userPoolId: "eu-west-1_AbCdEfGhI",
  userPoolClientId: "1example23456789",
  hostedUI: {
    domain: "https://example.auth.eu-west-1.amazoncognito.com",
    // A link that the system browser hands to the app, registered with the app client as sign-out URL.
    redirectSignOut: "com.example.app://signed-out",
  },
};
