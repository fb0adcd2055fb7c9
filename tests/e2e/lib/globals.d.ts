import type * as Package from "cognito-signout";

declare global {
  /** What a page may be told before its app starts. */
  var setup:
    { config?: any; given?: any; start?: (() => void) | undefined } | undefined;
  /** The app has started. */
  var ready: boolean;
  /** The package. */
  var cs: typeof Package;
  var show: (result: unknown) => any;
  var rejection: (promise: Promise<unknown>) => Promise<any>;
  var settled: (promise: Promise<any>, ms: number) => Promise<any>;
  var heard: Package.SignedOutEvent[];
  /** What one `evaluate` keeps for the next. */
  var kept: any;
  /** What a page does when told to. */
  var act: () => void;
  /** It has done it. */
  var acted: boolean;
  /** From now on there is an engine. */
  var engineComes: () => void;
  /** How often the package has asked whether its popup is closed. */
  var looks: number;
}
