// The local Cognito of `npm run cognito`. For a user pool of your own, take these from its console.
export const config = {
  userPoolId: "us-east-1_LocalDev1",
  userPoolClientId: "1local2client3for4dev5apps",
  userPoolEndpoint: "http://localhost:9229",
};
