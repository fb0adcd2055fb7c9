// What goes wrong is heard: without a logger of the app's own, on the console.
import type { AuthError } from "./errors.js";
import { attempt, of } from "./options.js";

/** The page of docs/ that says more of each code. */
export const ERRORS_PAGE =
  "https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#";

/** What the console was told of in this page. */
const said = new Set<string>();

/**
 * Gives a text to the `warn` of the app's own logger, else to the console, once in a page. With
 * `logger: false` to nobody.
 *
 * @param text - without a token
 */
export function warn(text: string, config: unknown) {
  const logger = of(config, "logger");
  const own = typeof of(logger, "warn") === "function";
  if (logger === false || (!own && said.has(text))) return;
  if (!own) said.add(text);
  // A logger that throws must not stop a sign-out.
  attempt(() =>
    (own ? (logger as Console) : console).warn(`cognito-signout: ${text}`),
  );
}

/** Warns of an error of a failed result, if there is one. */
export function warnOf(failed: unknown, config: unknown) {
  const error = failed as AuthError | undefined;
  if (error)
    warn(
      `${error.message} ${error.recoverySuggestion} ${ERRORS_PAGE}${error.code.toLowerCase()}`,
      config,
    );
}
