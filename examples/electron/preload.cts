// What the page may do beyond a page of the web.
import { contextBridge, ipcRenderer } from "electron";

contextBridge.exposeInMainWorld("desktop", {
  openExternal: (url: string) => ipcRenderer.invoke("open-external", url),
  onLink: (listener: (url: string) => void) => {
    ipcRenderer.on("link", (event, url: string) => listener(url));
  },
});
