// Where the hosted UI ends its session.
import { asks } from "../options.js";
import { clientIdOf, hostedUIOf, isLoopback } from "./settings.js";

/**
 * Where the hosted UI ends its session, and which sign-out URL it sends the user back to: by the contract's rule.
 * @param {any} config
 * @param {any} options
 * @returns {{ url: string, back: string } | undefined}
 */
export function logoutUrlOf(config, options) {
  try {
    const { origin, redirects } =
      /** @type {NonNullable<ReturnType<typeof hostedUIOf>>} */ (
        hostedUIOf(config)
      );
    const explicit =
      asks(options, "redirectUrl") ??
      asks(asks(options, "oauth"), "redirectUrl");
    const rank = (/** @type {string} */ redirect) => {
      const url = new URL(redirect);
      if (url.origin !== location.origin)
        return isLoopback.test(url.hostname) &&
          !isLoopback.test(location.hostname)
          ? 0
          : 1;
      const own = location.pathname.split("/");
      const parts = url.pathname.split("/");
      const end = parts.findIndex((part, i) => part !== own[i]);
      return 2 + (end < 0 ? parts.length : end);
    };
    const back = explicit
      ? redirects.find((redirect) => redirect === explicit)
      : redirects
          .map((redirect) => ({ redirect, rank: rank(redirect) }))
          .filter(({ rank }) => rank)
          // It is stable: of equals, the first configured one stays.
          .sort((a, b) => b.rank - a.rank)[0]?.redirect;
    return back
      ? {
          url: `${origin}/logout?client_id=${encodeURIComponent(clientIdOf(config) ?? "")}&logout_uri=${encodeURIComponent(back)}`,
          back,
        }
      : undefined;
  } catch {
    return undefined;
  }
}
