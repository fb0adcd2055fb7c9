import { Session } from "./session.js";

export default function Page() {
  return <Session />;
}
