// Options are checked, and the ways that apps really call signOut compile.
import { signOut } from "cognito-signout";
import type { SignOutOptions } from "cognito-signout";

await signOut();
await signOut(undefined);
await signOut({});
await signOut({ global: true });
await signOut({
  global: true,
  hostedUI: "popup",
  redirectUrl: "https://app.example.com/",
  navigate: (url) => void url.toUpperCase(),
  timeoutMs: 0,
  popupTimeoutMs: 30_000,
  signal: AbortSignal.timeout(1000),
  forgetDevice: true,
  retryWhenOnline: true,
  appState: { from: "/inbox" },
});
await signOut({ navigate: async (url) => void (await fetch(url)) });
await signOut({ navigate: location.assign.bind(location) });
await signOut({ global: undefined, signal: undefined, timeoutMs: undefined });

// Amplify's form.
await signOut({ global: true, oauth: { redirectUrl: "https://a.example/" } });
interface AmplifySignOutInput {
  global: boolean;
  oauth?: { redirectUrl?: string };
}
declare const amplifyInput: AmplifySignOutInput;
await signOut(amplifyInput);

// What a wrapper may say of its own argument.
export const wrapper = (...given: Parameters<typeof signOut>) =>
  signOut(...given);
await wrapper({ global: true });

// A constant of options, widened or not.
const widened: SignOutOptions = { hostedUI: "manual" };
await signOut(widened);
const constant = { hostedUI: "manual", global: false } as const;
await signOut(constant);

// @ts-expect-error: misspelt
await signOut({ globl: true });
// @ts-expect-error: misspelt
await signOut({ hostedUi: "auto" });
const misspelt = { globl: true };
// @ts-expect-error: misspelt, in a constant
await signOut(misspelt);
// @ts-expect-error: not a way to leave
await signOut({ hostedUI: "iframe" });
// @ts-expect-error: milliseconds, a number
await signOut({ timeoutMs: "5s" });
// @ts-expect-error: the signal, not its controller
await signOut({ signal: new AbortController() });
// @ts-expect-error: gets a string
await signOut({ navigate: (url: number) => void url });
// @ts-expect-error: misspelt in Amplify's form
await signOut({ oauth: { redirectURL: "https://a.example/" } });
// As some libraries call their handlers.
await signOut(null);
// @ts-expect-error: not options
await signOut(true);
// @ts-expect-error: not options
await signOut("global");

// DOM handlers.
declare const button: HTMLButtonElement;
button.onclick = signOut;
button.addEventListener("click", signOut);
document.addEventListener("visibilitychange", signOut);
declare const click: MouseEvent;
await signOut(click);

// React's types, as @types/react has them.
interface BaseSyntheticEvent<E = object, C = unknown, T = unknown> {
  nativeEvent: E;
  currentTarget: C;
  target: T;
  preventDefault(): void;
  persist(): void;
}
interface ReactMouseEvent<T = Element> extends BaseSyntheticEvent<
  MouseEvent,
  EventTarget & T,
  EventTarget
> {
  altKey: boolean;
}
type EventHandler<E> = { bivarianceHack(event: E): void }["bivarianceHack"];
interface ButtonProps {
  onClick?: EventHandler<ReactMouseEvent<HTMLButtonElement>> | undefined;
}
export const props: ButtonProps = { onClick: signOut };
export const strictHandler: (
  event: ReactMouseEvent<HTMLButtonElement>,
) => void = signOut;

// React Native's event has nativeEvent and preventDefault alike; a bare one with nativeEvent is enough.
export const pressHandler: (event: { nativeEvent: { x: number } }) => void =
  signOut;

// React Aria's press event is no DOM event and holds none.
interface PressEvent {
  type: "press" | "pressend";
  pointerType: "mouse" | "keyboard";
  target: Element;
  continuePropagation(): void;
}
export const pressed: (event: PressEvent) => void = signOut;

// Menus: Ant Design (rc-menu), PrimeReact, PrimeVue and PrimeNG.
interface MenuInfo {
  key: string;
  keyPath: string[];
  /** @deprecated */
  item: object;
  domEvent: ReactMouseEvent<HTMLElement>;
}
export const antdMenu: (info: MenuInfo) => void = signOut;
interface PrimeReactCommandEvent {
  originalEvent: BaseSyntheticEvent;
  item: { label?: string };
}
export const primeReact: { command?(event: PrimeReactCommandEvent): void } = {
  command: signOut,
};
export const strictPrimeReact: (event: PrimeReactCommandEvent) => void =
  signOut;
interface PrimeNgCommandEvent {
  originalEvent?: Event;
  item?: { label?: string };
  index?: number;
}
export const primeNg: (event: PrimeNgCommandEvent) => void = signOut;
export const primeVue: (event: { originalEvent: Event; item: object }) => void =
  signOut;
// DevExtreme and AG Grid.
export const grid: (info: { component: object; event: Event }) => void =
  signOut;

// Vue and Svelte call with the event, Angular with $event or nothing.
export const plainHandler: (event: Event) => void = signOut;
export const noArguments: () => void = signOut;
