/** @jest-environment ./with-node.js */
const {
  configure,
  loadTokens,
  signOut,
  storeTokens,
} = require("cognito-signout");

test("signs out in jsdom, against a Cognito", async () => {
  const { config, tokens } = JSON.parse(process.env.COGNITO);
  await configure(config);
  await storeTokens(tokens);
  expect(await signOut({ global: true })).toMatchObject({
    status: "complete",
    wasSignedIn: true,
  });
  expect(await loadTokens()).toBeNull();
});
