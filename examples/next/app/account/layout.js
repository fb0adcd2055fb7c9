import { Guard } from "./guard.js";

export default function AccountLayout({ children }) {
  return <Guard>{children}</Guard>;
}
