import type { ReactNode } from "react";
import { Shell } from "./shell";
import "./style.css";

export const metadata = {
  title: "Next.js and cognito-signout",
  icons: "data:,",
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Shell>{children}</Shell>
      </body>
    </html>
  );
}
