/** The client address and user agent of a request. */
export interface RequestSource {
  readonly ip: string;
  readonly userAgent: string | undefined;
}
