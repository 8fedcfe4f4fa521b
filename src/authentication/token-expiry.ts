import { z } from 'zod';
import { parseBearer } from './bearer.ts';

const claimsSchema = z.object({ exp: z.number() });

/**
 * Returns when the token in the Authorization header expires: its claim `exp` (RFC 7519, 4.1.4). Undefined without
 * this claim, as in secrets of API clients.
 *
 * It verifies nothing: call it only for a token that `authenticate` has accepted.
 */
export function tokenEndsAt(authorization: readonly string[]): Date | undefined {
  try {
    const [, claims = ''] = parseBearer(authorization)?.split('.') ?? [];
    const { exp } = claimsSchema.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
    return new Date(exp * 1000);
  } catch {
    return undefined;
  }
}
