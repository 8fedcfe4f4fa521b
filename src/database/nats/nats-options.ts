/** A NATS server, and the names of one installation on it. */
export interface NatsOptions {
  /** Of one server or a cluster, each as `host:port`. */
  readonly servers: readonly string[];
  readonly isTls: boolean;
  /** Undefined: the server requires no login. */
  readonly credentials:
    | { readonly user: string; readonly pass: string }
    | { readonly token: string }
    | undefined;
  readonly streamName: string;
  readonly subject: string;
  /** Called for a failure that differs from the one before. Another attempt follows. */
  readonly onError: (error: Error) => void;
}
