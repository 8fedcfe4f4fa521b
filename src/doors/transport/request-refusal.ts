import type { FastifyRequest } from 'fastify';
import { acceptsPage, answerTypeFor, answerTypes } from './answer-type.ts';
import { maxHeaderCount, maxUrlLength, tooManyHeaders } from './http-limits.ts';

/** A refusal by the transport, before GraphQL. Quotes nothing of the request. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type RefusableRequest = Pick<
  FastifyRequest,
  'headers' | 'host' | 'method' | 'protocol' | 'url'
> & { readonly raw: Pick<FastifyRequest['raw'], 'httpVersion' | 'rawHeaders'> };

const servedVersions: readonly string[] = ['1.1', '1.0'];

/**
 * Returns why a request is not acceptable HTTP, on any path. Undefined: it is acceptable. Pure.
 *
 * Where Node.js uses the first of several values and a proxy the last, the two would see different requests (RFC
 * 9112, 11.2): such a request is refused.
 */
export function refuseRequest(request: RefusableRequest): Refusal | undefined {
  const { headers, raw, url } = request;
  // Node.js would serve HTTP/0.9 and HTTP/2.0 by the rules of HTTP/1.1.
  if (!servedVersions.includes(raw.httpVersion)) {
    return { status: 505, message: 'This HTTP version is not supported. Use HTTP/1.1.' };
  }
  if (url.length > maxUrlLength) return { status: 414, message: 'The URL is too long.' };
  if (raw.rawHeaders.length / 2 > maxHeaderCount) return tooManyHeaders;
  if (hasAmbiguousHeaders(raw.rawHeaders))
    return bad('A header that may appear only once was sent more than once.');
  if (raw.httpVersion !== '1.0' && !headers.host) return missingHost;
  if (headers.host !== undefined && !isAddressable(request)) {
    return bad('The Host header, or the host forwarded by a proxy, is invalid.');
  }
  const { expect, 'transfer-encoding': transfer = 'chunked' } = headers;
  if (transfer.toLowerCase() !== 'chunked') {
    return { status: 501, message: 'The only supported transfer coding is chunked.' };
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    return { status: 417, message: 'The Expect header cannot be satisfied.' };
  }
  return undefined;
}

/** Returns why a request cannot be a GraphQL request. Undefined: it may be one. Pure. */
export function refuseGraphQLRequest(request: RefusableRequest): Refusal | undefined {
  const { headers, method } = request;
  if (method === 'OPTIONS') return undefined;
  if (method !== 'GET' && method !== 'POST') {
    const message = 'Use POST for GraphQL, or GET for queries.';
    return { status: 405, message, headers: { allow: graphqlMethods } };
  }
  if (!headers.host) return missingHost;
  return (
    refuseLongTypes(headers) ?? refuseAccept(headers.accept, method) ?? refuseBodyCoding(headers)
  );
}

/** Returns why a header about media types is not read. Undefined: they are short. Pure. */
export function refuseLongTypes(headers: TypeHeaders): Refusal | undefined {
  const [name, status] =
    typeHeaders.find(([each]) => (headers[each]?.length ?? 0) > maxTypeLength) ?? [];
  return status === undefined ? undefined : { status, message: `The ${name} header is too long.` };
}

/** The used headers about the body of a request and of its answer. */
type TypeHeaders = Readonly<
  Partial<Record<'accept' | 'content-type' | 'content-encoding', string | undefined>>
>;

/** Headers that this server and Apollo Server read with patterns that take quadratic time. */
const typeHeaders = [
  ['content-type', 415],
  ['accept', 406],
] as const;
/** In characters. Browsers send up to about 200. */
const maxTypeLength = 1_000;

/** The methods of the path of GraphQL, for the header `Allow`. */
export const graphqlMethods = 'GET, POST';

/** Apollo Server would check `Accept` after the operation has run, although a 4xx means that it has not. */
function refuseAccept(accept: string | undefined, method: string): Refusal | undefined {
  if (answerTypeFor(accept) !== undefined) return undefined;
  if (method === 'GET' && acceptsPage(accept ?? '')) return undefined;
  return { status: 406, message: `The response is available only as ${answerTypes.join(' or ')}.` };
}

/** Refuses compressed bodies: unpacked, they could be a thousand times as large. Pure. */
export function refuseBodyCoding(headers: TypeHeaders): Refusal | undefined {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (coding !== 'identity') {
    return {
      status: 415,
      message: 'Content codings are not supported.',
      headers: { 'accept-encoding': 'identity' },
    };
  }
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return undefined;
  return { status: 415, message: 'The body must be UTF-8 text.' };
}

/** Headers that may be sent only once. The two for a body's length count as one. */
const onceOnly = ['host', 'content-type', 'content-encoding', 'origin', 'expect'];
const bodyLength = ['content-length', 'transfer-encoding'];

/** A bit for each header: creating a set for each request would take longer than reading its headers. */
const bits: ReadonlyMap<string, number> = new Map([
  ...onceOnly.map((name, index) => [name, 1 << (index + 1)] as const),
  ...bodyLength.map((name) => [name, 1] as const),
]);

function hasAmbiguousHeaders(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const bit = bits.get(rawHeaders[index]?.toLowerCase() ?? '') ?? 0;
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}

/** Whether the parts of a request form a URL. */
const isAddressable = ({ protocol, host, url }: RefusableRequest): boolean =>
  isHost(host) && URL.canParse(url, `${protocol}://${host}/`);

/** Whether a host with an optional port is that alone, without a user or a path. Pure. */
export const isHost = (host: string): boolean =>
  /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}/`);

const bad = (message: string): Refusal => ({ status: 400, message });

/** Its own address is unknown to a request of HTTP/1.0 without it. */
export const missingHost = bad('The Host header is missing.');
