// The server's side: Amplify's adapter, which reads the session from the request's cookies.
import { createServerRunner } from "@aws-amplify/adapter-nextjs";
import { config } from "./config";
import "./local-cognito";

export const { runWithAmplifyServerContext } = createServerRunner({ config });
