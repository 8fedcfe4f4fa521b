import { parseUuid, userOf } from 'graphql-gatehouse/package';
import { findSecondFactorDemand } from '../demands/demands.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { recoveredSession, viewerRecoveredAt } from '../recovery/recovered.ts';
import { removeRecoveryCodes } from '../recovery/recovery.store.ts';
import { changeOwn, parseName, readFactor } from './changing.ts';
import { removeFactor, renameFactor } from './factor.store.ts';
import { hasSecondFactor, isLockedOut, readHoldings } from './holdings.store.ts';

export const ownFactorFields = {
  /** Renames a factor of the viewer. @throws NOT_FOUND. */
  async renameFactor(parts, given, context) {
    const { userId } = userOf(context.viewer);
    const name = parseName(parts, given.name);
    const id = parseUuid(given.id);
    const event = { action: 'factor.renamed', detail: name };
    const renamed = await changeOwn(parts, { context, event }, async ({ sql }) => {
      if (id !== undefined && (await renameFactor(sql, { userId, id }, name))) return id;
      throw parts.errors.notFound('id');
    });
    return readFactor(parts, { userId, id: renamed });
  },

  /**
   * Removes a factor of the viewer, and with the last one the recovery codes. Returns the id.
   *
   * @throws NOT_FOUND. @throws CONFLICT, for a factor that a held group demands, for the last beside an app that is lost,
   *   and for a session that rests on a recovery code.
   */
  async removeFactor(parts, { id: givenId }, context) {
    const { errors, demands } = parts;
    const id = parseUuid(givenId);
    const { userId } = userOf(context.viewer);
    const event = { action: 'factor.removed', ...(id === undefined ? {} : { detail: id }) };
    await changeOwn(parts, { context, event }, async ({ sql, groups, at }) => {
      if (viewerRecoveredAt(context.viewer, at) !== undefined) throw recoveredSession(errors);
      if (id === undefined || !(await removeFactor(sql, { userId, id }))) {
        throw errors.notFound('id');
      }
      const left = await readHoldings(sql, userId);
      if (isLockedOut(left)) {
        const message =
          'The other app is lost, so that you could not log in. Add another factor first.';
        throw errors.conflict('LAST_FACTOR', message);
      }
      if (hasSecondFactor(left)) return;
      const group = [...groups.keys()].find((each) => findSecondFactorDemand(demands, each));
      if (group !== undefined) {
        const message = `The group ${group} needs a second factor. Add another one first.`;
        throw errors.conflict('LAST_FACTOR', message);
      }
      await removeRecoveryCodes(sql, userId);
    });
    return givenId;
  },
} satisfies MutationResolvers;
