/** Where a request comes from. */
export interface RequestSource {
  readonly ip: string;
  readonly userAgent: string | undefined;
}
