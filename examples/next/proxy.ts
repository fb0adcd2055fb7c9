import { fetchAuthSession } from "aws-amplify/auth/server";
import { NextResponse, type NextRequest } from "next/server";
import { runWithAmplifyServerContext } from "./src/server";

// The server sees cookies, and nothing else of the browser: no sign-out that is in progress. So this
// only turns away users without a session; the page itself asks Cognito, and app/account/guard.tsx
// knows of the sign-out.
export async function proxy(request: NextRequest) {
  const response = NextResponse.next();
  const { tokens } = await runWithAmplifyServerContext({
    nextServerContext: { request, response },
    operation: (context) => fetchAuthSession(context),
  });
  return tokens
    ? response
    : NextResponse.redirect(new URL("/sign-in", request.url));
}

export const config = { matcher: "/account/:path*" };
