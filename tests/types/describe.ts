// Results in words: of every function that gives one, and with sentences of the app's own.
import { signOut, takeSignOutResult } from "cognito-signout";
import { describe, type DescribeTexts } from "cognito-signout/describe";
import { failedResult } from "cognito-signout/testing";

const result = await signOut();
describe(result) satisfies string;
if (result.status === "partial" && result.retry)
  describe(await result.retry()) satisfies string;
const returned = await takeSignOutResult();
if (returned) describe(returned) satisfies string;
describe(failedResult(), { texts: { failed: "Nein." } }) satisfies string;
describe(failedResult(), {}) satisfies string;
const all: Partial<DescribeTexts> = { tryAgain: "" };
describe(failedResult(), { texts: all }) satisfies string;

// @ts-expect-error: no result
describe(null);
// @ts-expect-error: misspelt
describe(result, { texts: { faild: "" } });
// @ts-expect-error: not a text
describe(result, { texts: { failed: 1 } });
