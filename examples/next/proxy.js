import { NextResponse } from "next/server";

// The server sees cookies, and nothing of the browser's storage: not the tokens there, and no sign-out that is under way. So this only
// turns away who has no cookie; the page itself asks Cognito, and app/account/guard.js knows of the sign-out.
export function proxy(request) {
  if (!request.cookies.has("access_token"))
    return NextResponse.redirect(new URL("/sign-in", request.url));
}

export const config = { matcher: "/account/:path*" };
