import { invalidParameter } from "../pool/service-error.js";

/** @typedef {Record<string, unknown>} Input */

/** A required text, or Cognito's complaint. @param {Input} input @param {string} name */
export function required(input, name) {
  const value = input[name];
  if (typeof value === "string" && value !== "") return value;
  const field = name.charAt(0).toLowerCase() + name.slice(1);
  throw invalidParameter(
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must not be null`,
  );
}

/** @param {Input} input @param {string} name */
export function optional(input, name) {
  const value = input[name];
  return typeof value === "string" ? value : undefined;
}

/** A nested object; an empty one where there is none. @param {Input} input @param {string} name @returns {Input} */
export function nested(input, name) {
  const value = input[name];
  return typeof value === "object" && value !== null
    ? /** @type {Input} */ (value)
    : {};
}

/** A text of AuthParameters or ChallengeResponses. @param {Input} input @param {string} name */
export function requiredParameter(input, name) {
  const value = optional(input, name);
  if (value !== undefined) return value;
  throw invalidParameter(`Missing required parameter ${name}`);
}
