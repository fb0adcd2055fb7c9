/** @jest-environment jsdom */
const {
  AuthError,
  configure,
  isAuthError,
  isSigningOut,
  signOut,
} = require("cognito-signout");

const { config, tokens } = JSON.parse(process.env.COGNITO);

const keys = (name) =>
  Object.keys(localStorage).filter((key) => key.endsWith(name));

// Jest's jsdom has neither fetch nor DecompressionStream nor TextDecoder: no engine starts there, and the emergency sends nothing.
test("signs out in jsdom", async () => {
  const error = await configure(config).catch((error) => error);
  expect(error).toBeInstanceOf(AuthError);
  expect(isAuthError(error)).toBe(true);
  expect(error.code).toBe("moduleUnavailable");
  const { userPoolClientId } = config;
  const prefix = `CognitoIdentityServiceProvider.${userPoolClientId}`;
  localStorage.setItem(`${prefix}.LastAuthUser`, "jane");
  for (const [name, token] of Object.entries(tokens))
    localStorage.setItem(`${prefix}.jane.${name}`, token);
  localStorage.setItem("theme", "dark");
  expect(keys("Token")).toHaveLength(3);

  const result = await signOut();
  expect(result.signedOutLocally).toBe(true);
  expect(result.wasSignedIn).toBe(true);
  expect(keys("Token")).toEqual([]);
  expect(localStorage.getItem("theme")).toBe("dark");
  // What could not be done is said.
  expect(result.status).toBe("partial");
  expect(isAuthError(result.revokeTokenError.error)).toBe(true);
  expect(result.revokeTokenError.error.code).toBe("moduleUnavailable");
  expect(JSON.stringify(result)).not.toContain(tokens.refreshToken);
  expect(isSigningOut()).toBe(false);
});
