// @vitest-environment jsdom
import { afterEach, expect, test } from "vitest";
import {
  configure,
  isSigningOut,
  loadTokens,
  onSignedOut,
  signOut,
  storeTokens,
} from "cognito-signout";
import { signIn } from "./src/sign-in.js";

const { config, username, password } = JSON.parse(process.env.COGNITO);

afterEach(() => localStorage.clear());

test("signs in and out in jsdom, against a Cognito", async () => {
  await configure(config);
  expect(await loadTokens()).toBeNull();
  await storeTokens(await signIn(config, username, password));
  expect(localStorage.length).toBeGreaterThan(0);
  expect(await loadTokens()).toMatchObject({ username });

  const heard = [];
  const off = onSignedOut((event) => heard.push(event));
  const result = await signOut({ global: true });
  off();
  expect(result).toMatchObject({ status: "complete", wasSignedIn: true });
  expect(heard).toEqual([
    { reason: "signOut", global: true, redirecting: false },
  ]);
  expect(await loadTokens()).toBeNull();
  expect(isSigningOut()).toBe(false);
  expect(Object.keys(localStorage).filter((key) => /Token/.test(key))).toEqual(
    [],
  );
});
