import type { Viewer } from '../../authentication/viewer.ts';
import { type Asking, originOf } from '../../changes/origin.ts';
import { BadUserInputError } from '../../errors.ts';
import type { MutationUpdateUserArgs } from '../generated/resolver-types.ts';
import type { Services } from '../services.ts';
import type { Stores } from '../stores.ts';
import { parseUserChanges } from './user.input.ts';
import type { UserRecord } from './user.records.ts';

interface UpdateParts {
  readonly stores: Pick<Stores, 'users'>;
  readonly services: Pick<Services, 'proveInSession'>;
}

/**
 * Changes a user. An own address is a way in to the account, so that it needs a proof.
 *
 * @throws {BadUserInputError} also without a proof that is needed, and with one that is not. @throws {NotFoundError}
 */
export async function updateUser(
  { stores: { users }, services: { proveInSession } }: UpdateParts,
  { id, input, proof, challenge }: MutationUpdateUserArgs,
  { viewer, rights, client }: Asking & { readonly viewer: Viewer },
): Promise<UserRecord> {
  const changes = parseUserChanges(input);
  const origin = originOf({ rights, client });
  const isOwnAddress =
    changes.email !== undefined && viewer.kind === 'user' && viewer.userId === id.toLowerCase();
  if (!isOwnAddress) {
    for (const [name, value] of Object.entries({ proof, challenge })) {
      if ((value ?? null) === null) continue;
      throw new BadUserInputError(name, `\`${name}\` is for an own address alone.`);
    }
    return users.update(id, changes, origin);
  }
  if (!proof) {
    throw new BadUserInputError('proof', 'Your own address needs a proof: send `proof`.');
  }
  const asked = { viewer, rights, client, proof, challenge: challenge ?? undefined };
  return proveInSession({ ...asked, purpose: 'CHANGE' }, (proving) =>
    users.proveAndUpdate({ id, changes, proving }, origin),
  );
}
