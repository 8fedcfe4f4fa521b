import type { ChangingAccount } from 'graphql-gatehouse';
import { createRandomUuid, parseUuid, userOf } from 'graphql-gatehouse/package';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { takeGroups } from '../groups/give-groups.ts';
import { insertIdentity, readWaysIn, removeIdentity } from '../identities/identity.store.ts';
import type { ProvidersContext } from '../parts.ts';
import { spendCode } from '../pending/pending.store.ts';
import { describeMismatch, findLogin } from '../pending/presented.ts';
import { identityTaken } from './sign-up.ts';

/** An account has no more identities. */
const maxIdentities = 10;

export const identityFields = {
  /**
   * Lets the viewer log in with a provider.
   *
   * @throws CHALLENGE_ENDED for a code that is not of this session. @throws CONFLICT: IDENTITY_TAKEN or TOO_MANY_IDENTITIES.
   */
  async linkProvider(parts, { code, verifier, proof, challenge }, context) {
    const { accounts, errors, randomBytes } = parts;
    const { userId, sessionId } = userOf(context.viewer);
    const presented = await findLogin(parts, { code, verifier });
    const attempt = { purpose: 'CHANGE', sessionId, challenge: undefined } as const;
    if (
      presented === undefined ||
      describeMismatch(presented, attempt, { mayLackTime: true }) !== undefined
    ) {
      throw errors.challengeEnded();
    }
    const { login } = presented;
    const event = { action: 'provider.linked', detail: login.provider };
    return accounts.change(
      { context, userId, event, ends: 'others', proof: { proof, challenge } },
      async (transaction, changing) => {
        const { at, account } = changing;
        if (!(await spendCode(transaction, code, at))) throw errors.challengeEnded();
        if ((await readWaysIn(transaction, account)).identities >= maxIdentities) {
          const message = `An account has at most ${maxIdentities} logins at providers. Remove one first.`;
          throw errors.conflict('TOO_MANY_IDENTITIES', message);
        }
        const maxKinds = kindsOfLink(changing, context.viewer);
        const identity = { id: createRandomUuid(randomBytes), userId, maxKinds, at };
        const linked = await insertIdentity(transaction, Object.assign(identity, login));
        if (linked !== undefined) return linked;
        throw identityTaken(parts);
      },
    );
  },

  /** Removes an identity of the viewer. Returns the id. @throws NOT_FOUND. @throws CONFLICT: LAST_WAY_IN or IDENTITY_DISABLED. */
  async unlinkProvider(parts, { id: givenId }, context) {
    const { accounts, errors } = parts;
    const { userId } = userOf(context.viewer);
    const id = parseUuid(givenId);
    const event = { action: 'provider.unlinked', ...(id === undefined ? {} : { detail: id }) };
    await accounts.change(
      { context, userId, event, ends: 'others' },
      async (transaction, changing) => {
        changing.requireProofs(1);
        const removed = id && (await removeIdentity(transaction, { id, userId }));
        if (!removed) throw errors.notFound('id');
        const { provider, disabledAt } = removed;
        if (disabledAt !== null) {
          // Otherwise its user could link it again.
          throw errors.conflict('IDENTITY_DISABLED', 'An administrator has disabled this login.');
        }
        await takeGroups(parts, transaction, { userId, provider, at: changing.at });
        const { identities, hasPassword } = await readWaysIn(transaction, changing.account);
        if (identities > 0 || hasPassword) return;
        const message =
          'You could not log in any more. Set a password, or add another provider, first.';
        throw errors.conflict('LAST_WAY_IN', message);
      },
    );
    return givenId;
  },
} satisfies MutationResolvers;

/**
 * Returns how many kinds of factors the log-ins of a new identity may count as: no more than its link has proved. Who knows a
 * password alone could link an own account elsewhere, and a recovery code stands for a factor that was lost.
 */
function kindsOfLink(changing: ChangingAccount, viewer: ProvidersContext['viewer']): 1 | 2 {
  const times = viewer.kind === 'user' ? viewer.authenticatedAt : {};
  const known = new Set([...Object.keys(times ?? {}), ...Object.keys(changing.proved ?? {})]);
  if (known.has('RECOVERY_CODE')) return 1;
  try {
    changing.requireProofs(2);
    return 2;
  } catch {
    return 1;
  }
}
