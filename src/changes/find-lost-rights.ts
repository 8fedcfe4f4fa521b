import { z } from 'zod';
import {
  type ApiClientViewer,
  type AuthenticatedViewer,
  anonymous,
  type UserViewer,
  type Viewer,
} from '../authentication/viewer.ts';
import type { Groups } from '../values/groups.ts';
import type { SqlTransaction } from '../values/sql-transaction.ts';
import { isUuid } from '../values/uuid.ts';
import { type Actor, actorOf } from './origin.ts';

export interface Confirmation {
  readonly at: Date;
  readonly groups: Pick<Groups, 'inEffect'>;
  /** The user or client whose account, groups, sessions or secret the transaction is going to change. */
  readonly changing?: Actor;
}

/**
 * Re-reads the viewer's session (or secret) and groups inside the transaction. Returns the current viewer if a right
 * was lost, and undefined if the decision of the guards is still valid.
 *
 * Call it first, or right after `lockAdmins`: it locks the rows of the viewer (shared) and of the changed user or
 * client (exclusive), in the order of their ids. Every change that takes a right away calls this, so what was confirmed
 * stays true until the transaction ends, and transactions cannot deadlock.
 */
export async function findLostRights(
  transaction: SqlTransaction,
  viewer: AuthenticatedViewer | undefined,
  { at, groups, changing }: Confirmation,
): Promise<Viewer | undefined> {
  // Without `changing`, the lock of a user is taken by `readUser`, in one round trip.
  if (viewer?.kind !== 'user' || changing !== undefined) {
    await lockPrincipals(transaction, viewer, changing);
  }
  if (viewer === undefined) return undefined;
  const granted =
    viewer.kind === 'user'
      ? await readUser(transaction, viewer, at)
      : await readApiClient(transaction, viewer);
  const current =
    granted === undefined
      ? anonymous('TOKEN_REVOKED')
      : { ...viewer, groups: usable(groups.inEffect(granted), viewer) };
  return holdsAllOf(current, viewer) ? undefined : current;
}

/** Without the groups that are withheld from the session. */
const usable = (names: readonly string[], viewer: AuthenticatedViewer): ReadonlySet<string> => {
  const withheld = viewer.kind === 'user' ? viewer.withheld?.groups : undefined;
  return new Set(withheld === undefined ? names : names.filter((name) => !withheld.has(name)));
};

const holdsAllOf = (current: Viewer, { groups }: AuthenticatedViewer): boolean =>
  current.isAuthenticated && [...groups].every((group) => current.groups.has(group));

async function lockPrincipals(
  transaction: SqlTransaction,
  viewer: AuthenticatedViewer | undefined,
  changing: Actor | undefined,
): Promise<void> {
  const wanted = [
    ...(changing === undefined ? [] : [{ ...changing, isShared: false }]),
    ...(viewer === undefined ? [] : [{ ...actorOf(viewer), isShared: true }]),
  ].map((each) => ({ ...each, id: each.id.toLowerCase() }));
  const ids = [...new Set(wanted.map(({ id }) => id))].filter(isUuid).sort();
  for (const id of ids) {
    // Only the stronger lock of each: two transactions that upgrade the same shared lock deadlock.
    const first = wanted.find((each) => each.id === id);
    if (first !== undefined) await lockPrincipal(transaction, first);
  }
}

async function lockPrincipal(
  transaction: SqlTransaction,
  { kind, id, isShared }: Actor & { readonly isShared: boolean },
): Promise<void> {
  const table = kind === 'USER' ? 'users' : 'api_clients';
  const strength = isShared ? 'SHARE' : 'UPDATE';
  const text = `SELECT 1 FROM gatehouse.${table} WHERE id = $1::uuid FOR ${strength}`;
  await transaction.$queryRawUnsafe(text, id);
}

/** Locks the user and the session (shared), and then reads them. */
async function readUser(
  transaction: SqlTransaction,
  { userId, sessionId }: UserViewer,
  at: Date,
): Promise<GrantedGroups> {
  const text = 'SELECT gatehouse.confirm_user($1::uuid, $2::uuid, $3::timestamptz) AS groups';
  return readGroups(await transaction.$queryRawUnsafe(text, userId, sessionId, at));
}

async function readApiClient(
  transaction: SqlTransaction,
  viewer: ApiClientViewer,
): Promise<GrantedGroups> {
  const rows = await transaction.$queryRawUnsafe(
    `SELECT groups FROM gatehouse.api_clients
    WHERE id = $1::uuid AND secret_hash = $2::bytea AND disabled_at IS NULL`,
    viewer.clientId,
    viewer.secretHash,
  );
  return readGroups(rows);
}

const rowsSchema = z.array(z.object({ groups: z.array(z.string()).nullable() }));

/** The current groups as granted. Undefined: the session has ended, or the principal is disabled or deleted. */
type GrantedGroups = readonly string[] | undefined;

const readGroups = (rows: unknown): GrantedGroups => rowsSchema.parse(rows)[0]?.groups ?? undefined;
