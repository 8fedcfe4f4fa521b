/** The client address and user agent of a request. */
export interface RequestSource {
  /** Undefined: the server does not know it. */
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
}
