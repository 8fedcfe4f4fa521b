import type { FastifyRequest } from 'fastify';
import { toAddressKey } from '../../authentication/address-key.ts';
import { isAllowedOrigin } from '../origin.ts';
import { clientOf } from '../request-context.ts';
import type { SocketLimits } from './limits.ts';

interface UpgradeOptions {
  /** Other origins whose pages may connect. */
  readonly allowedOrigins: readonly string[];
  readonly socketLimits: SocketLimits;
}

export interface UpgradeRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** While the server stops. */
export const stopping: UpgradeRefusal = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'The server is stopping.',
};

const refusals = {
  full: {
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    message: 'The server has too many open WebSockets.',
  },
  tooMany: { status: 429, code: 'RATE_LIMITED', message: 'You have too many open WebSockets.' },
  origin: {
    status: 403,
    code: 'FORBIDDEN',
    message: 'Connections from this origin are not allowed.',
  },
} as const satisfies Record<string, UpgradeRefusal>;

/** Returns why a request gets no WebSocket. Undefined: it gets one. */
export function findUpgradeRefusal(
  request: FastifyRequest,
  { allowedOrigins, socketLimits }: UpgradeOptions,
  count: { readonly all: number; ofAddress(address: string): number },
): UpgradeRefusal | undefined {
  const { headers, host } = request;
  if (!isAllowedOrigin(headers.origin, host, allowedOrigins)) return refusals.origin;
  if (count.all >= socketLimits.maxSockets) return refusals.full;
  const ofAddress = count.ofAddress(toAddressKey(clientOf(request).ip));
  return ofAddress >= socketLimits.maxSocketsPerAddress ? refusals.tooMany : undefined;
}
