/** The WebSocket limits of one process. They are settings, since proxies and networks differ. */
export interface SocketLimits {
  readonly maxSockets: number;
  /** The maximum number of sockets of one address, as in `request.ip`. */
  readonly maxSocketsPerAddress: number;
  readonly maxSocketsPerViewer: number;
}

/**
 * The maximum number of concurrent operations of one socket, subscriptions included. A canceled operation counts
 * until it has ended.
 */
export const maxOperationsPerSocket = 100;
/** A client that reconnects can start all of its operations at once. */
export const messageBurst = 2 * maxOperationsPerSocket;
export const messagesPerSecond = 50;
/** A user with many operations must not take the requests that may run at once from the others. */
export const operationStartLimits = { startsPerTurn: 4, maxRunning: 128, maxRunningPerKey: 32 };
/** The time in which a client must send `connection_init`. */
export const initTimeoutMs = 3_000;
/** The interval of pings, and the time in which a client must answer. */
export const keepAliveMs = 12_000;
/** The maximum unread output of a client, in bytes. Beyond it, nothing more is read from the client. */
export const maxUnreadBytes = 128_000;
/** The maximum length of an operation's id, which each answer repeats. */
export const maxOperationIdLength = 128;
/**
 * The maximum number of frames of one message, and of pieces of one frame. ws keeps each until the last one has
 * arrived, together with all data of the same read, up to 64 KiB. Clients cut long messages into frames of 4 KiB or
 * more, and networks into packets of 500 bytes or more.
 */
export const pieceLimits = (maxMessageBytes: number) => ({
  maxFragments: Math.max(64, Math.ceil(maxMessageBytes / 4_000)),
  maxBufferedChunks: Math.max(256, Math.ceil(maxMessageBytes / 400)),
});
/** The time in which a client must close its end. */
export const closeTimeoutMs = 1_000;

export interface TokenBucketOptions {
  readonly capacity: number;
  readonly perSecond: number;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/** Creates the function that returns whether one more may pass: bursts up to `capacity`, and `perSecond` on average. */
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
