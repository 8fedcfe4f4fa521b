import { z } from 'zod';
import { parseBearer } from './bearer.ts';

const claimsSchema = z.object({ exp: z.number() });

/**
 * When the token in the Authorization header ends: its claim `exp` (RFC 7519, 4.1.4). Undefined for
 * what has no such claim, as a secret of an API client has none.
 *
 * Nothing is verified here: it tells the time of a token that `authenticate` has believed.
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
