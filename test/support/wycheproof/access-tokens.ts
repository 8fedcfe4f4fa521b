import { createAccessTokens } from '../../../src/authentication/access-token.ts';
import { SigningKeysError } from '../../../src/authentication/keys/signing-key-set.ts';
import { UnauthenticatedError } from '../../../src/errors.ts';
import { factorTable } from '../factor-table.ts';
import { parseSigningKeys } from '../signing-keys.ts';
import type { Verdict } from './judge.ts';
import type { Jwk, Vector } from './vectors.ts';

const nowSeconds = 1_700_000_000;

/** Makes access tokens that a key of the vectors signs. @throws {SigningKeysError} for a key that is refused. */
export const accessTokensOf = (keys: readonly Jwk[]) =>
  createAccessTokens({
    keys: parseSigningKeys(JSON.stringify({ keys })),
    issuer: 'https://gatehouse.example',
    audience: 'gatehouse',
    lifetimeSeconds: 300,
    scope: 'off',
    factors: factorTable,
    now: () => new Date(nowSeconds * 1000),
    randomId: () => 'id-1',
  });

const subject = { userId: 'user-1', sessionId: 'session-1', groups: [] };

/** Whether Gatehouse could sign with the vector's key: an EC key on P-256 for ES256. */
export function isOwnKind({ privateKeys }: Vector): boolean {
  try {
    accessTokensOf(privateKeys);
    return true;
  } catch (error) {
    if (error instanceof SigningKeysError) return false;
    throw error;
  }
}

/**
 * Moves the signature of an invalid vector to an access token that its key signed, and shows it to `verify`. Special
 * values of a signature are invalid for any text; others are valid for the vector's text at most.
 */
export function judgeMovedSignature({ title, token, privateKeys }: Vector): Verdict {
  const accessTokens = accessTokensOf(privateKeys);
  const own = accessTokens.issue(subject).token;
  accessTokens.verify(own);
  const [header, payload] = own.split('.');
  const moved = [header, payload, ...token.split('.').slice(2)].join('.');
  return judgeRefusal(title, () => accessTokens.verify(moved));
}

/** Shows a vector's token to `verify` as it is. None has the type of an access token (RFC 9068, 2.1). */
export const judgeToken = (
  { title, token }: Vector,
  accessTokens: ReturnType<typeof createAccessTokens>,
): Verdict => judgeRefusal(title, () => accessTokens.verify(token));

function judgeRefusal(title: string, verify: () => unknown): Verdict {
  try {
    verify();
    return { kind: 'failed', problem: `${title}: was accepted` };
  } catch (error) {
    if (error instanceof UnauthenticatedError) return { kind: 'refused' };
    return { kind: 'failed', problem: `${title}: threw ${String(error)}` };
  }
}
