/** The public types of `cognito-signout-dev`; README.md says what each field does. */

export type AuthFlow =
  "USER_PASSWORD_AUTH" | "USER_SRP_AUTH" | "REFRESH_TOKEN_AUTH";
export type SessionOrigin = "api" | "hostedUI";

export interface User {
  username: string;
  password: string;
  attributes?: Record<string, string>;
  mfa?: "SMS_MFA" | "SOFTWARE_TOKEN_MFA";
  mfaCode?: string;
}

/** A user as the control API shows it: no password. */
export type UserInfo = Omit<User, "password">;

export interface Client {
  id?: string;
  secret?: string;
  callbackUrls?: string[];
  logoutUrls?: string[];
  scopes?: string[];
  /** Seconds. */
  accessTokenSeconds?: number;
  /** Seconds. */
  idTokenSeconds?: number;
  /** Seconds. */
  refreshTokenSeconds?: number;
  tokenRevocation?: boolean;
  rotation?: false | { graceSeconds: number };
  authFlows?: AuthFlow[];
  devices?: "off" | "always" | "optIn";
}

/** A client as the control API shows it: complete, but no secret. */
export type ClientInfo = Required<Omit<Client, "secret">>;

export interface NewSession {
  username: string;
  clientId?: string;
  origin?: SessionOrigin;
  scopes?: string[];
  /** Seconds; negative: already expired. */
  accessTokenExpiresIn?: number;
  /** Seconds; negative: already expired. */
  refreshTokenExpiresIn?: number;
  rememberedDevice?: boolean;
}

export interface NewTokens {
  sessionId: string;
  username: string;
  accessToken: string;
  idToken: string;
  refreshToken: string;
  deviceKey?: string;
}

export type Revocation = "RevokeToken" | "GlobalSignOut" | "control";

export interface Session {
  /** The `origin_jti`. */
  id: string;
  username: string;
  clientId: string;
  origin: SessionOrigin;
  scopes: string[];
  /** ISO 8601. */
  createdAt: string;
  revoked: false | Revocation;
  /** ISO 8601. */
  refreshTokenExpiresAt: string;
  /** How many were issued. */
  accessTokens: number;
  /** How many were issued. */
  refreshTokens: number;
  deviceKey?: string;
}

export type TokenState =
  | { known: false }
  | {
      known: true;
      use: "access" | "id" | "refresh";
      valid: boolean;
      reason?: "revoked" | "expired" | "rotated";
      sessionId: string;
    };

export interface FaultAnswer {
  type?: string;
  message?: string;
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface Fault {
  operation: string;
  clientId?: string;
  times?: number;
  latencyMs?: number;
  answerDelayMs?: number;
  processed?: boolean;
  answer?: FaultAnswer;
  silence?: true;
  drop?: true;
  slowBody?: { bytes: number; everyMs: number };
  cutBody?: number;
  noCors?: true;
}

/** A fault in force: how many requests it met, and how many more it will (null: until cleared). */
export type ActiveFault = Fault & {
  id: number;
  seen: number;
  left: number | null;
};

export interface LoggedRequest {
  id: number;
  /** ISO 8601. */
  time: string;
  operation: string;
  method: string;
  path: string;
  clientId: string | null;
  /** The first 16 hex digits of the token's SHA-256. */
  token: string | null;
  origin: string | null;
  preflight: boolean;
  status: number | null;
  processed: boolean;
  fault: number | null;
}

export interface RequestFilter {
  operation?: string;
  clientId?: string;
}

export interface Info {
  origin: string;
  httpsOrigin?: string;
  issuer: string;
  userPoolId: string;
  clientId: string;
  /** What to give to `configure` of cognito-signout. */
  configure: {
    userPoolId: string;
    userPoolClientId: string;
    userPoolEndpoint: string;
    hostedUI: { domain: string; redirectSignOut: string[] };
  };
}

/** Every function throws a TypeError, in one sentence, for an argument that makes no sense. */
export interface Control {
  info(): Info;
  reset(): void;
  users(): UserInfo[];
  addUser(user: User): UserInfo;
  removeUser(username: string): void;
  clients(): ClientInfo[];
  addClient(client: Client): ClientInfo;
  removeClient(id: string): void;
  sessions(filter?: { username?: string; clientId?: string }): Session[];
  addSession(session: NewSession): NewTokens;
  endSession(id: string): void;
  hostedUISessions(): { username: string; createdAt: string }[];
  token(sha256: string): TokenState;
  isTokenValid(token: string): boolean;
  faults(): ActiveFault[];
  addFault(fault: Fault): ActiveFault;
  removeFault(id: number): void;
  clearFaults(filter?: RequestFilter): void;
  requests(filter?: RequestFilter): LoggedRequest[];
  clearRequests(): void;
}

/** A request and what came of it; it holds no token. */
export interface AnsweredRequest {
  method: string;
  /** No query; a part that may be a secret is "…". */
  path: string;
  /** The operation that `X-Amz-Target` names. */
  operation: string | null;
  /** null: the connection ended before an answer. */
  status: number | null;
  ms: number;
}

export interface StartOptions {
  /** 0, the default, picks a free one. */
  port?: number;
  /** Also serve https, with a certificate made at the start; 0 picks a free one. */
  httpsPort?: number;
  /** Allowed callback URLs of the seed client. */
  callbackUrls?: string[];
  /** Allowed sign-out URLs of the seed client. */
  logoutUrls?: string[];
  /** Added to the seed. */
  users?: User[];
  /** Added to the seed. */
  clients?: Client[];
  /** Called after each request. */
  onRequest?: (request: AnsweredRequest) => void;
}

export interface LocalCognito {
  origin: string;
  httpsOrigin?: string;
  issuer: string;
  userPoolId: string;
  clientId: string;
  control: Control;
  close(): Promise<void>;
}

/** Starts a local Cognito on loopback. Rejects with an Error of one sentence, such as for a port in use. */
export function startLocalCognito(
  options?: StartOptions,
): Promise<LocalCognito>;
