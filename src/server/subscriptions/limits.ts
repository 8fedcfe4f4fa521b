/** What one process bears of sockets. Settings, since proxies and networks differ. */
export interface SocketLimits {
  /** Sockets in all. */
  readonly maxSockets: number;
  /** Sockets from one address, as `request.ip` tells it. */
  readonly maxSocketsPerAddress: number;
  /** Sockets of one user or API client, once it has said who it is. */
  readonly maxSocketsPerViewer: number;
}

/**
 * Operations of one socket that run at the same time, subscriptions included. One that the client wants no
 * more of counts until it has ended.
 */
export const maxOperationsPerSocket = 100;
/** A client that comes again may begin all of its operations at once. */
export const messageBurst = 2 * maxOperationsPerSocket;
export const messagesPerSecond = 50;
/** How long a client may take to say who it is. */
export const initTimeoutMs = 3_000;
/** How often a client is asked for a sign of life, and how long it may take to give it. */
export const keepAliveMs = 12_000;
/** What a client has not read yet; of one that leaves more unread, nothing more is read. In bytes. */
export const maxUnreadBytes = 128_000;
/** Characters of an id that a client gives an operation, and that each answer repeats. */
export const maxOperationIdLength = 128;
/**
 * How many frames one message may come in, and how many pieces one frame, as the network cuts it. ws keeps
 * each until the last has come, and with it all that was read at once, up to 64 KiB. Clients cut what is long
 * into frames of 4 KiB or more, and networks into packets of 500 bytes or more.
 */
export const pieceLimits = (maxMessageBytes: number) => ({
  maxFragments: Math.max(64, Math.ceil(maxMessageBytes / 4_000)),
  maxBufferedChunks: Math.max(256, Math.ceil(maxMessageBytes / 400)),
});
/** How long a client may take to close its end. */
export const closeTimeoutMs = 1_000;

/** Counts what is there by a key, such as sockets by address. */
export interface Counter {
  of(key: string): number;
  /** Counts one more, until the function that it gives is called. */
  add(key: string): () => void;
}

export function createCounter(): Counter {
  const counts = new Map<string, number>();
  const of = (key: string) => counts.get(key) ?? 0;
  return {
    of,
    add(key) {
      counts.set(key, of(key) + 1);
      return () => {
        const left = of(key) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
  };
}

export interface TokenBucketOptions {
  readonly capacity: number;
  readonly perSecond: number;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number;
}

/** Makes the function that tells whether one more may pass now: many at once, so many a second for long. */
export function createTokenBucket({ capacity, perSecond, elapsedMs }: TokenBucketOptions) {
  let tokens = capacity;
  let atMs = elapsedMs();

  return (): boolean => {
    const nowMs = elapsedMs();
    tokens = Math.min(capacity, tokens + ((nowMs - atMs) / 1000) * perSecond);
    atMs = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
