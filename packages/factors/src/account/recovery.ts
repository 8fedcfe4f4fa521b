import { type Sql, userOf } from 'graphql-gatehouse/package';
import type { Parts } from '../parts.ts';
import { recoveredSession, restsOnCode } from '../recovery/recovered.ts';
import { replaceRecoveryCodes } from '../recovery/recovery.store.ts';
import { createCodes, hashCode } from '../recovery/recovery-codes.ts';
import type { SentProof } from './begun.ts';
import { changeOwn, type OwnChange } from './changing.ts';
import type { FactorsContext } from './context.ts';
import { hasSecondFactor } from './holdings.store.ts';

/**
 * Replaces all recovery codes of the viewer, and returns the new ones: only now.
 *
 * @throws CONFLICT: NO_SECOND_FACTOR, or RECOVERED_SESSION for what rests on a recovery code: a thief of one would have ten.
 */
export const renewRecoveryCodes = (
  parts: Parts,
  proof: SentProof,
  context: FactorsContext,
): Promise<readonly string[]> => {
  const { viewer } = context;
  const event = { action: 'recovery_codes.renewed' };
  return changeOwn(parts, { context, event, proof }, async ({ sql, holdings, proved, at }) => {
    if (restsOnCode(viewer, proved, at) !== undefined) {
      throw recoveredSession(parts.errors);
    }
    if (hasSecondFactor(holdings)) return putNewCodes(parts, userOf(viewer).userId, sql);
    const message = 'Recovery codes stand in for another factor. Add an app or a passkey first.';
    throw parts.errors.conflict('NO_SECOND_FACTOR', message);
  });
};

/** Gives an account its first recovery codes, or new ones after the last was used. Returns none otherwise. */
export const putFirstCodes = async (
  parts: Parts,
  { userId, recoveredAt }: { readonly userId: string; readonly recoveredAt: Date | undefined },
  { sql, holdings }: OwnChange,
): Promise<readonly string[]> =>
  // A thief of the last code would have ten.
  holdings.recoveryCodes > 0 || recoveredAt !== undefined ? [] : putNewCodes(parts, userId, sql);

async function putNewCodes({ randomBytes }: Parts, userId: string, sql: Sql) {
  const codes = createCodes(randomBytes);
  await replaceRecoveryCodes(
    sql,
    userId,
    codes.flatMap((code) => hashCode(code) ?? []),
  );
  return codes;
}
