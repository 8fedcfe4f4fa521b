/** A NATS server, and the names of one installation on it. */
export interface NatsOptions {
  /** `host:port`, of one server or a cluster. */
  readonly servers: readonly string[];
  readonly isTls: boolean;
  /** Undefined: the server asks for none. */
  readonly credentials:
    | { readonly user: string; readonly pass: string }
    | { readonly token: string }
    | undefined;
  readonly streamName: string;
  readonly subject: string;
  /** Called for a failure that differs from the last one. Another attempt follows. */
  readonly onError: (error: Error) => void;
}
