import { expect, test, vi } from "vitest";
import { partialResult } from "cognito-signout/testing";
import { signOutMessage } from "./sign-out-message.js";

vi.mock("cognito-signout", async (original) => ({
  ...(await original<typeof import("cognito-signout")>()),
  signOut: async () => partialResult({ globalSignOutError: "missingScope" }),
}));

test("says that other devices are still signed in", async () => {
  expect(await signOutMessage()).toContain("other devices");
});
