// Starts the app of the tests, which is ready once the engine is there: they ask what is so when signOut() returns.
globalThis.ready = false;
// A library alone: the package is there, and does nothing.
if (globalThis.setup?.given?.alone) delete globalThis.setup.config;
await import("../../apps/vite/main.mjs");
await cs.preload();
globalThis.ready = true;
