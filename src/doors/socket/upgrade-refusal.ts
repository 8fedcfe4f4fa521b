import type { FastifyRequest } from 'fastify';
import { toAddressKey } from '../../authentication/address-key.ts';
import { ClientError } from '../../errors.ts';
import { browserRequestOf, clientOf } from '../request/request-context.ts';
import { isAllowedOrigin } from '../request/web-origin.ts';
import type { SocketLimits } from './socket-limits.ts';

interface UpgradeOptions {
  /** Other origins whose pages may connect. */
  readonly allowedOrigins: readonly string[];
  readonly socketLimits: SocketLimits;
}

/** While the server stops. */
export const stopping = new ClientError('SERVICE_UNAVAILABLE', 'The server is stopping.');

const refusals = {
  full: new ClientError('SERVICE_UNAVAILABLE', 'The server has too many open WebSockets.'),
  tooMany: new ClientError('RATE_LIMITED', 'You have too many open WebSockets.'),
  origin: new ClientError('FORBIDDEN', 'Connections from this origin are not allowed.'),
} as const;

/** Returns why a request gets no WebSocket. Undefined: it gets one. */
export function findUpgradeRefusal(
  request: FastifyRequest,
  { allowedOrigins, socketLimits }: UpgradeOptions,
  count: { readonly all: number; ofAddress(address: string): number },
): ClientError | undefined {
  const { origin } = request.headers;
  if (!isAllowedOrigin(origin, browserRequestOf(request), allowedOrigins)) return refusals.origin;
  if (count.all >= socketLimits.maxSockets) return refusals.full;
  const { ip } = clientOf(request);
  const ofAddress = ip === undefined ? 0 : count.ofAddress(toAddressKey(ip));
  return ofAddress >= socketLimits.maxSocketsPerAddress ? refusals.tooMany : undefined;
}
