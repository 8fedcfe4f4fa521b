/** The minimum idle timeout of a connection, in milliseconds. It also ends connections whose response is not read. */
const leastSilenceMs = 30_000;

/** Extra time in which an operation that timed out can be answered with 503. */
const answerMs = 5_000;

/** Times that tests can shorten, in milliseconds. */
export interface ConnectionTimes {
  /** From the opening of a connection, or the first byte of its next request, to the last header. */
  readonly headersMs: number;
  /** From the first byte of a request to the last: 100 kB at 5 kB/s. */
  readonly requestMs: number;
  /** The interval of checks for slow requests. A server that stops waits no longer than this. */
  readonly checkMs: number;
}

export const defaultTimes: ConnectionTimes = {
  headersMs: 10_000,
  requestMs: 20_000,
  checkMs: 2_000,
};

/**
 * Converts the limits of connections to Fastify's options, which Node.js enforces.
 *
 * A proxy must close an idle connection before this server does. Otherwise it may send a request into a connection
 * that is being closed. The longest common default of proxies is 60 s.
 */
export const toConnectionLimits = (
  { headersMs, requestMs, checkMs }: ConnectionTimes,
  operationTimeoutMs: number,
) => ({
  // Nothing is sent while an operation runs. That must not end the connection.
  connectionTimeout: Math.max(leastSilenceMs, operationTimeoutMs + answerMs),
  keepAliveTimeout: 72_000,
  requestTimeout: requestMs,
  http: {
    headersTimeout: headersMs,
    connectionsCheckingInterval: checkMs,
    /** The maximum size of the request line and all headers, in bytes. */
    maxHeaderSize: 16_384,
    insecureHTTPParser: false,
    /** Refused by this server in GraphQL's shape. Node.js would answer with only a status. */
    requireHostHeader: false,
  },
});

/** Node.js would silently omit headers beyond its own limit (2,000). This server refuses the request. */
export const maxHeaderCount = 100;

export const tooManyHeaders = {
  status: 431,
  message: `Too many headers: the limit is ${maxHeaderCount}.`,
};

/** In characters. RFC 9110, 4.1, recommends at least 8,000. */
export const maxUrlLength = 8_000;
