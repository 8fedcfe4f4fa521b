/** Shortest idle timeout of a connection, in milliseconds. A response that is not read ends the connection. */
const leastSilenceMs = 30_000;

/** What an operation that has timed out is given to be answered with 503. */
const answerMs = 5_000;

/** Times that a test may shorten, in milliseconds. */
export interface ConnectionTimes {
  /** From the opening of a connection, or the first byte of its next request, to the last header. */
  readonly headersMs: number;
  /** From the first byte of a request to the last: 100 kB at 5 kB/s. */
  readonly requestMs: number;
  /** How often it is looked for requests that have taken too long. A server that stops waits no longer. */
  readonly checkMs: number;
}

export const defaultTimes: ConnectionTimes = {
  headersMs: 10_000,
  requestMs: 20_000,
  checkMs: 2_000,
};

/**
 * What Node.js itself holds each connection to, as options of Fastify.
 *
 * A proxy must close an idle connection before this server does, or it may send a request into one that
 * is just being closed: the longest usual default among them is 60 s.
 */
export const toConnectionLimits = (
  { headersMs, requestMs, checkMs }: ConnectionTimes,
  operationTimeoutMs: number,
) => ({
  // A client hears nothing while its operation runs: that silence must not end the connection.
  connectionTimeout: Math.max(leastSilenceMs, operationTimeoutMs + answerMs),
  keepAliveTimeout: 72_000,
  requestTimeout: requestMs,
  http: {
    headersTimeout: headersMs,
    connectionsCheckingInterval: checkMs,
    /** The request line and all headers, in bytes. */
    maxHeaderSize: 16_384,
    insecureHTTPParser: false,
    /** Refused by this server in GraphQL's shape; Node.js would answer nothing but a status. */
    requireHostHeader: false,
  },
});

/** Node.js would leave out what is beyond its own limit (2,000) in silence; this server refuses. */
export const maxHeaderCount = 100;

/** In characters. RFC 9110, 4.1, asks for 8,000 at least. */
export const maxUrlLength = 8_000;
