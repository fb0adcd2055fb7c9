import { configure, loadTokens, signOut } from "cognito-signout";
import { config } from "../../src/config";

export const dynamic = "force-dynamic";

// A server component: the package is there, and knows that it is on a server.
export default async function Page() {
  await configure(config);
  const tokens = await loadTokens();
  const result = await signOut();
  return (
    <output>
      {String(tokens)} {result.status}{" "}
      {result.status === "failed" && result.error.code}
    </output>
  );
}
