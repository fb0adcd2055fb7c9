import { Shell } from "./shell.js";
import "./style.css";

export const metadata = {
  title: "Next.js and cognito-signout",
  icons: "data:,",
};

export default function RootLayout({ children }) {
  return (
    <html lang="en">
      <body>
        <Shell>{children}</Shell>
      </body>
    </html>
  );
}
