/** A whole answer over HTTP. */
export interface RouteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** What every answer of a route has: it is not kept, and does nothing if a browser shows it (CSP, level 3). */
const fixedHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Returns the answer of an error, whose body is JSON in the shape of GraphQL. */
export const toErrorAnswer = ({ status, headers = {}, body }: ErrorParts): RouteAnswer => ({
  status,
  headers: Object.assign(
    { 'content-type': 'application/json; charset=utf-8' },
    headers,
    fixedHeaders,
  ),
  body,
});

interface ErrorParts extends Pick<RouteAnswer, 'status'> {
  readonly headers?: RouteAnswer['headers'] | undefined;
  readonly body: string;
}

/** Those of the connection (RFC 9110, 7.6.1), and of a body that is sent as a whole. */
const droppedHeaders: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
];

/**
 * Reads what a route returned. Headers of the connection and of CORS are left out: they are the server's.
 *
 * @throws {TypeError} for what is no response, and for one that sets a cookie: no route of a package may.
 */
export async function toWholeAnswer(response: unknown): Promise<RouteAnswer> {
  if (!(response instanceof Response) || response.status < 200) {
    throw new TypeError('A route has to return a Response with a status.');
  }
  if (response.headers.has('set-cookie')) throw new TypeError('A route cannot set a cookie.');
  const own = [...response.headers].filter(
    ([name]) => !droppedHeaders.includes(name) && !name.startsWith('access-control-'),
  );
  return {
    status: response.status,
    headers: Object.assign(Object.fromEntries(own), fixedHeaders),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}
