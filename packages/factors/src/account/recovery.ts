import { type Sql, userOf } from 'graphql-gatehouse/package';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import type { Parts } from '../parts.ts';
import { recoveredSession, restsOnCode } from '../recovery/recovered.ts';
import { replaceRecoveryCodes } from '../recovery/recovery.store.ts';
import { createCodes, hashCode } from '../recovery/recovery-codes.ts';
import { changeOwn } from './changing.ts';
import { hasSecondFactor } from './holdings.store.ts';

export const recoveryFields = {
  /**
   * Replaces all recovery codes of the viewer, and returns the new ones: only now.
   *
   * @throws CONFLICT: NO_SECOND_FACTOR, or RECOVERED_SESSION for what rests on a recovery code: a thief of one would have ten.
   */
  renewRecoveryCodes(parts, proof, context) {
    const { viewer } = context;
    const event = { action: 'recovery_codes.renewed' };
    return changeOwn(parts, { context, event, proof }, async ({ sql, holdings, proved, at }) => {
      if (restsOnCode(viewer, proved, at) !== undefined) throw recoveredSession(parts.errors);
      if (hasSecondFactor(holdings)) return putNewCodes(parts, userOf(viewer).userId, sql);
      const message = 'Recovery codes stand in for another factor. Add an app or a passkey first.';
      throw parts.errors.conflict('NO_SECOND_FACTOR', message);
    });
  },
} satisfies MutationResolvers;

export async function putNewCodes({ randomBytes }: Parts, userId: string, sql: Sql) {
  const codes = createCodes(randomBytes);
  const hashes = codes.flatMap((code) => hashCode(code) ?? []);
  await replaceRecoveryCodes(sql, userId, hashes);
  return codes;
}
