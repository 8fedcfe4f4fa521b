import {
  type ApiClientViewer,
  type AuthenticatedViewer,
  anonymous,
  type UserViewer,
  type Viewer,
} from '../../authentication/viewer.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { type Actor, actorOf, type Origin } from '../audit/origin.ts';
import { isUuid } from '../uuid.ts';
import { OutdatedDecisionError } from './outdated-decision-error.ts';

export interface Confirmation {
  readonly at: Date;
  /** Whose account, groups, sessions or secret the transaction is about to change, if anyone's. */
  readonly changing?: Actor;
}

/**
 * Makes sure in a transaction that who does something is still what it was when the guards let it in:
 * alive, with the same secret if it is a program, and in all of those groups. It knows no rule: as long as nothing was taken from the viewer,
 * the guards' decision stands, and otherwise they decide anew.
 *
 * To be called first, or right after `lockAdmins`: it locks the rows of the viewer (shared) and of the
 * one to be changed (exclusive), in the order of their ids. Every change that takes something from a
 * user or client goes through here, so that what is confirmed stays true until the transaction ends,
 * and no two transactions wait for each other.
 *
 * @throws {OutdatedDecisionError} when something was taken from the viewer.
 */
export async function confirmViewer(
  transaction: DatabaseTransaction,
  { viewer }: Pick<Origin, 'viewer'>,
  { at, changing }: Confirmation,
): Promise<void> {
  await lockPrincipals(transaction, viewer, changing);
  if (viewer === undefined) return;
  const current =
    viewer.kind === 'user'
      ? await readUser(transaction, viewer, at)
      : await readApiClient(transaction, viewer);
  if (!holdsAllOf(current, viewer)) throw new OutdatedDecisionError(current);
}

const holdsAllOf = (current: Viewer, { groups }: AuthenticatedViewer): boolean =>
  current.isAuthenticated && [...groups].every((group) => current.groups.has(group));

async function lockPrincipals(
  transaction: DatabaseTransaction,
  viewer: AuthenticatedViewer | undefined,
  changing: Actor | undefined,
): Promise<void> {
  const wanted = [
    ...(changing === undefined ? [] : [{ ...changing, isShared: false }]),
    ...(viewer === undefined ? [] : [{ ...actorOf(viewer), isShared: true }]),
  ].map((each) => ({ ...each, id: each.id.toLowerCase() }));
  const ids = [...new Set(wanted.map(({ id }) => id))].filter(isUuid).sort();
  for (const id of ids) {
    // One lock each, the stronger one: who takes the weaker one first could wait for itself.
    const first = wanted.find((each) => each.id === id);
    if (first !== undefined) await lockPrincipal(transaction, first);
  }
}

async function lockPrincipal(
  transaction: DatabaseTransaction,
  { kind, id, isShared }: Actor & { readonly isShared: boolean },
): Promise<void> {
  if (kind === 'USER') {
    await (isShared
      ? transaction.$executeRaw`SELECT FROM users WHERE id = ${id}::uuid FOR SHARE`
      : transaction.$executeRaw`SELECT FROM users WHERE id = ${id}::uuid FOR UPDATE`);
  } else {
    await (isShared
      ? transaction.$executeRaw`SELECT FROM api_clients WHERE id = ${id}::uuid FOR SHARE`
      : transaction.$executeRaw`SELECT FROM api_clients WHERE id = ${id}::uuid FOR UPDATE`);
  }
}

/** The session's row is locked too: a refresh token that is used again ends it without the user's. */
async function readUser(
  transaction: DatabaseTransaction,
  viewer: UserViewer,
  at: Date,
): Promise<Viewer> {
  const [row] = await transaction.$queryRaw<{ readonly groups: readonly string[] }[]>`
    SELECT ARRAY(
        SELECT membership."group"::text FROM memberships AS membership
        WHERE membership.user_id = member.id
          AND (membership.expires_at IS NULL OR membership.expires_at > ${at})
      ) AS groups
    FROM sessions AS session
    JOIN users AS member ON member.id = session.user_id AND member.disabled_at IS NULL
    WHERE session.id = ${viewer.sessionId}::uuid AND session.ended_at IS NULL
    FOR SHARE OF session`;
  return row === undefined
    ? anonymous('TOKEN_REVOKED')
    : { ...viewer, groups: new Set(row.groups) };
}

async function readApiClient(
  transaction: DatabaseTransaction,
  viewer: ApiClientViewer,
): Promise<Viewer> {
  const client = await transaction.apiClient.findUnique({
    where: { id: viewer.clientId, secretHash: viewer.secretHash, disabledAt: null },
    select: { groups: true },
  });
  return client === null
    ? anonymous('TOKEN_REVOKED')
    : { ...viewer, groups: new Set<string>(client.groups) };
}
