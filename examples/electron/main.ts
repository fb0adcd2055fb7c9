// The main process: a window, an origin of its own for the page, the system browser, and the links
// that lead back from there.
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { app, BrowserWindow, ipcMain, net, protocol, shell } from "electron";
import { config } from "./src/config.js";

const built = dirname(fileURLToPath(import.meta.url));
const folder = dirname(built);
const scheme = new URL(config.hostedUI.redirectSignOut).protocol.slice(0, -1);
let window: BrowserWindow | undefined;

// Pages of file: have no origin, and so no storage of their own.
protocol.registerSchemesAsPrivileged([
  {
    scheme: "app",
    privileges: { standard: true, secure: true, supportFetchAPI: true },
  },
]);

function serve({ url }: Request) {
  const path = join(folder, decodeURIComponent(new URL(url).pathname));
  if (!path.startsWith(folder + sep)) return new Response("", { status: 404 });
  return net.fetch(pathToFileURL(path).href);
}

// The page may open the hosted UI in the system browser, and nothing else.
ipcMain.handle("open-external", (event, url: string) => {
  if (new URL(url).origin !== new URL(config.hostedUI.domain).origin)
    throw new Error("Not an address of the hosted UI.");
  return shell.openExternal(url);
});

/** One of the app's links was followed in the system browser. */
function follow(url: string | undefined) {
  if (!url?.startsWith(`${scheme}:`)) return;
  window?.webContents.send("link", url);
  window?.focus();
}

app.setAsDefaultProtocolClient(scheme);
if (!app.requestSingleInstanceLock()) app.exit();
app.on("open-url", (event, url) => follow(url)); // macOS
app.on("second-instance", (event, argv) => follow(argv.at(-1))); // Windows, Linux
app.on("window-all-closed", () => app.quit());

await app.whenReady();
protocol.handle("app", serve);
window = new BrowserWindow({
  width: 560,
  height: 520,
  webPreferences: { preload: join(built, "preload.cjs") },
});
await window.loadURL("app://local/index.html");
