import type { Sql } from '../database/rows.ts';
import type { Parts } from '../parts.ts';
import { replaceRecoveryCodes } from '../recovery/recovery.store.ts';
import { createCodes, hashCode } from '../recovery/recovery-codes.ts';
import { changeOwn, type OwnChange, type Owner } from './changing.ts';
import { hasSecondFactor } from './holdings.store.ts';

/** Replaces all recovery codes of the viewer, and returns the new ones: only now. */
export const renewRecoveryCodes = (parts: Parts, owner: Owner): Promise<readonly string[]> =>
  changeOwn(parts, { owner, event: { action: 'recovery_codes.renewed' } }, ({ sql, holdings }) => {
    if (hasSecondFactor(holdings)) return putNewCodes(parts, owner.userId, sql);
    const message = 'Recovery codes stand in for another factor. Add an app or a passkey first.';
    throw parts.errors.conflict('NO_SECOND_FACTOR', message);
  });

/** Gives an account its first recovery codes, or new ones after the last was used. Returns none otherwise. */
export const putFirstCodes = async (
  parts: Parts,
  userId: string,
  { sql, holdings }: OwnChange,
): Promise<readonly string[]> =>
  holdings.recoveryCodes > 0 ? [] : putNewCodes(parts, userId, sql);

async function putNewCodes({ randomBytes }: Parts, userId: string, sql: Sql) {
  const codes = createCodes(randomBytes);
  await replaceRecoveryCodes(
    sql,
    userId,
    codes.flatMap((code) => hashCode(code) ?? []),
  );
  return codes;
}
