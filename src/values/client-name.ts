/** The name and the version that a client sends in its headers. */
export interface ClientName {
  readonly name: string | undefined;
  readonly version: string | undefined;
}
