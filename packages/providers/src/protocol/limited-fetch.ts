import type { CustomFetch } from 'openid-client';
import { isSafeAddress } from '../oidc.ts';

export interface FetchLimits {
  /** Whether requests to this machine may be without TLS. */
  readonly allowsInsecure: boolean;
  readonly maxBytes?: number;
  /** Of a whole answer. */
  readonly timeoutMs?: number;
}

/** An answer that is not read. `code` is one of a closed set. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly code: 'TIMEOUT' | 'TOO_LARGE' | 'UNREACHABLE' | 'UNSAFE_ADDRESS';

  constructor(code: FetchError['code']) {
    super(`A provider was not asked, or has not answered: ${code}.`);
    this.code = code;
  }
}

/** Creates the only way to providers: with TLS, whole answers of a limited size in a limited time, and no redirects. */
export function createLimitedFetch({
  allowsInsecure,
  maxBytes = 1_000_000,
  timeoutMs = 5_000,
}: FetchLimits): CustomFetch {
  return async (address, { method, headers, body }) => {
    if (!isSafeAddress(new URL(address), allowsInsecure)) throw new FetchError('UNSAFE_ADDRESS');
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const sent = {
        method,
        headers,
        body: body instanceof Uint8Array ? new Uint8Array(body) : (body ?? null),
      };
      const answer = await fetch(address, { ...sent, redirect: 'manual', signal });
      const whole = await readWhole(answer, maxBytes);
      const { status } = answer;
      return new Response(hasBody(status) ? whole : null, { status, headers: headersOf(answer) });
    } catch (error) {
      if (error instanceof FetchError) throw error;
      throw new FetchError(signal.aborted ? 'TIMEOUT' : 'UNREACHABLE');
    }
  };
}

/** @throws {FetchError} The rest of a longer body is not read. */
async function readWhole({ body }: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the body.
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new FetchError('TOO_LARGE');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Those of a body that is decoded already are left out. */
const headersOf = ({ headers }: Response): Headers =>
  new Headers(
    [...headers].filter(([name]) => name !== 'content-encoding' && name !== 'content-length'),
  );

/** Fetch, 2.2.3: null body statuses. */
const hasBody = (status: number): boolean => ![101, 103, 204, 205, 304].includes(status);
