import { z } from 'zod';
import {
  type ApiClientViewer,
  type AuthenticatedViewer,
  anonymous,
  type UserViewer,
  type Viewer,
} from '../authentication/viewer.ts';
import type { Grant, Groups, HeldGroups, HeldOf } from '../values/groups.ts';
import type { SqlTransaction } from '../values/sql-transaction.ts';
import { isUuid } from '../values/uuid.ts';
import { type Actor, actorOf } from './origin.ts';

export interface Confirmation {
  readonly at: Date;
  readonly groups: Pick<Groups, 'inEffect'>;
  readonly heldOf: HeldOf;
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
  { changing, ...confirmation }: Confirmation,
): Promise<Viewer | undefined> {
  // Without `changing`, the lock of a user is taken by `readUser`, in one round trip.
  if (viewer?.kind !== 'user' || changing !== undefined) {
    await lockPrincipals(transaction, viewer, changing);
  }
  if (viewer === undefined) return undefined;
  const current =
    viewer.kind === 'user'
      ? await readUser(transaction, viewer, confirmation)
      : await readApiClient(transaction, viewer, confirmation);
  return holdsAllOf(current, viewer) ? undefined : current;
}

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

type Reading = Omit<Confirmation, 'changing'>;

/** Locks the user and the session (shared), and then reads them. */
async function readUser(
  transaction: SqlTransaction,
  viewer: UserViewer,
  { at, heldOf }: Reading,
): Promise<Viewer> {
  const text = 'SELECT gatehouse.confirm_user($1::uuid, $2::uuid, $3::timestamptz) AS granted';
  const rows = await transaction.$queryRawUnsafe(text, viewer.userId, viewer.sessionId, at);
  const granted = usersSchema.parse(rows)[0]?.granted ?? null;
  if (granted === null) return hasEnded;
  const grants = Object.entries(granted).map(
    ([group, grantedMs]): Grant => ({ group, grantedAt: new Date(grantedMs) }),
  );
  return withHeld(viewer, heldOf(grants, viewer.authenticatedAt ?? {}, at));
}

/**
 * Returns the viewer with its present groups. Groups are withheld as of now, not as when the request began: one that was
 * granted since can ask for factors too.
 */
function withHeld(
  { withheld: before, ...viewer }: UserViewer,
  { groups, withheld, factors }: HeldGroups,
): UserViewer {
  const current = Object.assign(viewer, { groups: new Set(groups) });
  const ofPlaces = before?.placesOf === undefined ? {} : { placesOf: before.placesOf };
  if (withheld.size === 0 && before?.placesOf === undefined) return current;
  // Whether the account has a factor is read when a request begins. Not known: the refusal asks for a proof.
  const mustEnrol = before?.mustEnrol ?? false;
  const most = Math.max(factors, before?.placesOf === undefined ? 0 : before.factors);
  const locked = { groups: withheld, factors: most, mustEnrol };
  return Object.assign(current, { withheld: Object.assign(locked, ofPlaces) });
}

async function readApiClient(
  transaction: SqlTransaction,
  viewer: ApiClientViewer,
  { groups }: Reading,
): Promise<Viewer> {
  const rows = await transaction.$queryRawUnsafe(
    `SELECT groups FROM gatehouse.api_clients
    WHERE id = $1::uuid AND secret_hash = $2::bytea AND disabled_at IS NULL`,
    viewer.clientId,
    viewer.secretHash,
  );
  const [client] = clientsSchema.parse(rows);
  if (client === undefined) return hasEnded;
  return Object.assign({}, viewer, { groups: new Set(groups.inEffect(client.groups)) });
}

/** The session has ended, or the principal is disabled or deleted. */
const hasEnded = anonymous('TOKEN_REVOKED');

/** When each group was granted, in milliseconds since 1970. */
const usersSchema = z.array(z.object({ granted: z.record(z.string(), z.number()).nullable() }));

const clientsSchema = z.array(z.object({ groups: z.array(z.string()) }));
