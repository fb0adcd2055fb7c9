// All entries share one set of types: what one gives, another takes.
import * as main from "cognito-signout";
import * as eager from "cognito-signout/eager";
import * as slim from "cognito-signout/slim";
import { authError } from "cognito-signout/testing";
import { expectTrue, type Equal } from "./expect.js";

eager satisfies typeof main;
slim satisfies typeof main;
expectTrue<Equal<typeof eager.AuthError, typeof main.AuthError>>();
expectTrue<Equal<typeof slim.AuthError, typeof main.AuthError>>();
expectTrue<Equal<slim.SignOutResult, main.SignOutResult>>();
expectTrue<Equal<ReturnType<typeof authError>, main.AuthError>>();
