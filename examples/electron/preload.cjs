// What the page may do beyond a page of the web.
const { contextBridge, ipcRenderer } = require("electron");

contextBridge.exposeInMainWorld("desktop", {
  /** @param {string} url */
  openExternal: (url) => ipcRenderer.invoke("open-external", url),
  /** @param {(url: string) => void} listener */
  onLink: (listener) => {
    ipcRenderer.on("link", (event, url) => listener(url));
  },
});
