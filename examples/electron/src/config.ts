// The local Cognito of `npm run cognito`. For a user pool of your own, take these from its console.
export const config = {
  userPoolId: "us-east-1_LocalDev1",
  userPoolClientId: "1local2client3for4dev5apps",
  userPoolEndpoint: "http://localhost:9229",
  hostedUI: {
    domain: "http://localhost:9229",
    // A link that the system browser hands to the app, registered with the app client as sign-out URL.
    redirectSignOut: "com.example.app://signed-out",
  },
};
