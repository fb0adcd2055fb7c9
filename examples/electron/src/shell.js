// What the page asks of what is around it: the system browser, and the links that lead back from there.

// Cordova, with cordova-plugin-inappbrowser and cordova-plugin-customurlscheme.
const cordova = {
  openExternal: async (url) => {
    window.cordova.InAppBrowser.open(url, "_system");
  },
  onLink: (listener) => {
    window.handleOpenURL = listener;
  },
};

// Electron: preload.cjs makes `desktop`.
export const { openExternal, onLink } = window.desktop ?? cordova;
