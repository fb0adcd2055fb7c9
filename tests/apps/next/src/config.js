// On the server it is the file's own; in the browser the test says which pool.
export const config = globalThis.setup?.config ?? {
  userPoolId: "eu-west-1_AbCdEfGhI",
  userPoolClientId: "1example23456789",
};
