/** Checks of what comes in over the control API; each throws a TypeError of one sentence. */

/**
 * @param {unknown} value
 * @param {string} what
 * @param {readonly string[]} fields
 * @returns {Record<string, unknown>}
 */
export function checkObject(value, what, fields) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError(`A ${what} must be an object.`);
  const unknown = Object.keys(value).find((key) => !fields.includes(key));
  if (unknown !== undefined)
    throw new TypeError(
      `A ${what} has no field "${unknown}"; it has ${fields.join(", ")}.`,
    );
  return /** @type {Record<string, unknown>} */ (value);
}

/** @param {unknown} value @param {string} field @returns {string} */
export function checkText(value, field) {
  if (typeof value !== "string" || value === "")
    throw new TypeError(`"${field}" must be a string that is not empty.`);
  return value;
}

/** @param {unknown} value @param {string} field @returns {string[]} */
export function checkTexts(value, field) {
  if (!Array.isArray(value))
    throw new TypeError(`"${field}" must be an array.`);
  return value.map((item) => checkText(item, field));
}

/** @param {unknown} value @param {string} field @returns {string[]} */
export function checkUrls(value, field) {
  const urls = checkTexts(value, field);
  const bad = urls.find((url) => !URL.canParse(url));
  if (bad !== undefined)
    throw new TypeError(`"${field}" must hold absolute URLs.`);
  return urls;
}

/** @param {unknown} value @param {string} field @param {number} min @returns {number} */
export function checkInteger(value, field, min) {
  if (!Number.isSafeInteger(value) || Number(value) < min)
    throw new TypeError(
      `"${field}" must be a whole number of at least ${min}.`,
    );
  return Number(value);
}

/** @param {unknown} value @param {string} field @returns {boolean} */
export function checkBoolean(value, field) {
  if (typeof value !== "boolean")
    throw new TypeError(`"${field}" must be true or false.`);
  return value;
}

/**
 * @template {string} T
 * @param {unknown} value
 * @param {string} field
 * @param {readonly T[]} choices
 * @returns {T}
 */
export function checkChoice(value, field, choices) {
  const found = choices.find((choice) => choice === value);
  if (found === undefined)
    throw new TypeError(`"${field}" must be one of ${choices.join(", ")}.`);
  return found;
}
