const { partialResult } = require("cognito-signout/testing");
const { signOutMessage } = require("./sign-out-message.js");

jest.mock("cognito-signout", () => ({
  ...jest.requireActual("cognito-signout"),
  signOut: jest.fn(),
}));
const { signOut } = require("cognito-signout");

test("says that other devices are still signed in", async () => {
  signOut.mockResolvedValue(
    partialResult({ globalSignOutError: "missingScope" }),
  );
  expect(await signOutMessage()).toContain("other devices");
});
