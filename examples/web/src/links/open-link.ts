/** The link that has opened the page. */
export interface OpenLink {
  readonly token: string;
  /** Waits for a request with the token. If the link has ended, the page says so. @throws what the request throws. */
  readonly spend: <Result>(sent: Promise<Result>) => Promise<Result>;
}
