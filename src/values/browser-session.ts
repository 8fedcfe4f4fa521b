import { BadUserInputError } from '../errors.ts';

/** A new session cookie, or that of a login of which a factor is due. */
export interface NewSessionCookie {
  /** The secret: 43 characters of base64url. */
  readonly value: string;
  /** The absolute end of the session or of the challenge. */
  readonly expiresAt: Date;
}

/** Changes the session cookie of the browser that sent a request. */
export interface BrowserSession {
  /**
   * Call it before a session is opened.
   *
   * @throws {CrossSiteError} when the request may come from a page of another site.
   * @throws {BadUserInputError} when the transport cannot set cookies, as a WebSocket.
   */
  requireAvailable(): void;
  /** Makes the response set the cookie. */
  set(cookie: NewSessionCookie): void;
  /** Makes the response set the cookie that belongs to a challenge. */
  setChallenge(cookie: NewSessionCookie): void;
  /** Returns the cookie that belongs to a challenge. */
  challenge(): string | undefined;
  /**
   * Makes the response set a secret by which routes of packages recognize the browser, also when another site sends it to them:
   * see `browserMark` of a route's call.
   */
  setMark(cookie: NewSessionCookie): void;
  /** Returns the secret that marks the browser. */
  mark(): string | undefined;
  /** Makes the response expire the cookie. Does nothing where the transport cannot. */
  clear(): void;
  /** Returns the header `Set-Cookie` of the response, the last one that was set; undefined: cookies stay as they are. */
  setCookie(): string | undefined;
}

/** Creates the cookies of a transport that cannot set any. `message` is for a client that needs one. */
export const cookiesRefusedBy = (message: string): BrowserSession => ({
  requireAvailable() {
    throw new BadUserInputError(undefined, message);
  },
  set() {},
  setChallenge() {},
  challenge: () => undefined,
  setMark() {},
  mark: () => undefined,
  clear() {},
  setCookie: () => undefined,
});

/** Over a WebSocket, a response has no headers. */
export const withoutCookies = cookiesRefusedBy('A WebSocket cannot set a cookie. Use HTTP.');
