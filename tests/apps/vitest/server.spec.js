// @vitest-environment node
import { expect, test } from "vitest";
import { configure, loadTokens, signOut } from "cognito-signout";

test("is inert in Node", async () => {
  const { config } = JSON.parse(process.env.COGNITO);
  await configure(config);
  expect(await loadTokens()).toBeNull();
  expect(await signOut()).toMatchObject({
    status: "failed",
    signedOutLocally: false,
    error: { code: "invalidState" },
  });
});
