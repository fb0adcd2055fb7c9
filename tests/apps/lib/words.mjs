// What the examples tell their users, in the words of `cognito-signout/describe`.
import { describe } from "../../../dist/describe.js";
import { completeResult, failedResult } from "../../../dist/testing.js";

/** @import { Page } from "playwright-core" */

/** A sign-out of which all has happened. */
export const COMPLETE = describe(completeResult());

/** One after which tokens are left in the storage. */
export const FAILED = describe(failedResult("storage"));

/**
 * Waits until an example tells its user something.
 * @param {Page} page
 * @param {string} text
 */
export const told = (page, text) =>
  page.locator("[role=status]", { hasText: text }).waitFor();
