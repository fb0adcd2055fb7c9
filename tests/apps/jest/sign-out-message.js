const { signOut } = require("cognito-signout");

/** What to tell the user. */
exports.signOutMessage = async () => {
  const result = await signOut({ global: true });
  if (result.status === "failed") return result.error.recoverySuggestion;
  return result.status === "partial" && result.globalSignOutError
    ? "Signed out here; your other devices may still be signed in."
    : "Signed out.";
};
