import { parseUuid } from 'graphql-gatehouse/package';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { takeGroups } from '../groups/give-groups.ts';
import { findOwner, setDisabled } from '../identities/identity.store.ts';
import { findOpenings } from '../logout/logout.store.ts';

export const disableFields = {
  /**
   * Disables an identity of any user, or enables it again. Its sessions and the groups of its provider end with it.
   *
   * @throws NOT_FOUND. @throws FORBIDDEN, when the viewer could not grant the groups of the account.
   */
  async setIdentityDisabled(parts, { id: givenId, disabled }, context) {
    const { accounts, errors, sql } = parts;
    const id = parseUuid(givenId);
    const owner = id && (await findOwner(sql, id));
    if (!id || !owner) throw errors.notFound('id');
    const { userId } = owner;
    const action = disabled ? 'provider.disabled' : 'provider.enabled';
    const event = { action, detail: id };
    return accounts.change(
      { context, userId, event, ends: 'none' },
      async (transaction, { at }) => {
        const changed = await setDisabled(transaction, { id, userId }, disabled ? at : null);
        if (changed === undefined) throw errors.notFound('id');
        if (!disabled) return changed;
        const { provider } = changed;
        const reason = `identity at ${provider} disabled`;
        await accounts.endOpened(transaction, await findOpenings(transaction, id), { at, reason });
        await takeGroups(parts, transaction, { userId, provider, at });
        return changed;
      },
    );
  },
} satisfies MutationResolvers;
