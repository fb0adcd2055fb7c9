// What the page asks of the program around it: the system browser, and the links that lead back.

interface Shell {
  openExternal: (url: string) => Promise<void>;
  onLink: (listener: (url: string) => void) => void;
}

declare global {
  interface Window {
    /** Electron's: preload.cts makes it. */
    desktop?: Shell;
    /** Cordova's, with cordova-plugin-inappbrowser and cordova-plugin-customurlscheme. */
    cordova?: { InAppBrowser: { open: (url: string, target: string) => void } };
    handleOpenURL?: (url: string) => void;
  }
}

const cordova: Shell = {
  openExternal: async (url) => {
    window.cordova?.InAppBrowser.open(url, "_system");
  },
  onLink: (listener) => {
    window.handleOpenURL = listener;
  },
};

export const { openExternal, onLink } = window.desktop ?? cordova;
