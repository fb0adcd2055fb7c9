/** @import { DefaultTheme } from "vitepress" */

/**
 * All pages, in the order in which one reads them.
 * @param {{ text: string, link: string, target: string }[]} references pages of other tools
 * @returns {DefaultTheme.SidebarItem[]}
 */
export const sidebar = (references) => [
  {
    text: "Guide",
    items: [
      { text: "Start", link: "/guide/start" },
      { text: "Features", link: "/guide/features" },
      { text: "The hosted UI", link: "/guide/hosted-ui" },
      { text: "Other tabs", link: "/guide/other-tabs" },
      { text: "Tokens", link: "/guide/tokens" },
      { text: "Configuration", link: "/guide/configuration" },
      { text: "CSP and bundlers", link: "/guide/csp-and-bundlers" },
    ],
  },
  {
    text: "Recipes",
    items: [
      { text: "Coming from ...", link: "/coming-from" },
      { text: "React, Vue, Svelte, Angular", link: "/frameworks" },
      { text: '"Logout does not work"', link: "/logout-does-not-work" },
      { text: "Route guards", link: "/route-guards" },
      { text: "Testing your app", link: "/testing" },
      { text: "Examples", link: "/examples" },
    ],
  },
  {
    text: "Reference",
    items: [
      ...references,
      { text: "Errors", link: "/errors" },
      { text: "Keys", link: "/keys" },
      { text: "The crate", link: "/rust" },
    ],
  },
  {
    text: "How it compares",
    items: [
      { text: "Other libraries", link: "/comparison" },
      { text: "Amplify's native clients", link: "/native-clients" },
    ],
  },
  {
    text: "How it is made",
    items: [
      { text: "The contract", link: "/contract" },
      { text: "Engines", link: "/engines" },
      { text: "The simulation", link: "/simulation" },
      { text: "When everybody signs out", link: "/scale" },
      { text: "Coverage", link: "/coverage" },
      { text: "Mutants", link: "/mutants" },
    ],
  },
];
