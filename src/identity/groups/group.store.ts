import type { Origin } from '../../changes/origin.ts';
import { quoted } from '../../changes/record-event.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { BadUserInputError, NotFoundError } from '../../errors.ts';
import type { Group } from '../../values/groups.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { lockAdmins } from '../users/last-admin.store.ts';

/** The number of users and of API clients that hold a group. */
export interface Holders {
  readonly users: number;
  readonly clients: number;
}

/** A group of the schema, or a held group that the schema does not have any more. */
export interface HeldGroup extends Holders {
  readonly name: string;
  readonly isInSchema: boolean;
}

/** Reads the holders of groups, and replaces or removes groups that the schema does not have any more. */
export const createGroupStore = (dependencies: StoreDependencies) => ({
  ...createGroupReads(dependencies),
  ...createGroupChanges(dependencies),
});

function createGroupReads({ database, now, groups }: StoreDependencies) {
  return {
    /** Returns all groups of the schema in its order, then held groups that it does not have any more. */
    async list(): Promise<readonly HeldGroup[]> {
      const held = new Map((await readHolders(database, now())).map((each) => [each.name, each]));
      const removed = [...held.keys()].filter((name) => !groups.has(name));
      return [...groups.names, ...removed].map((name) => ({
        name,
        users: 0,
        clients: 0,
        ...held.get(name),
        isInSchema: groups.has(name),
      }));
    },

    /** Returns the held groups that the schema does not have any more, without reading every membership. */
    async listRemoved(): Promise<readonly string[]> {
      // The names by the index, one step for each: groups are few, memberships many.
      const found = await database.$queryRaw<{ readonly name: string }[]>`
        WITH RECURSIVE names AS (
          SELECT (SELECT min("group") FROM gatehouse.memberships) AS name
          UNION ALL
          SELECT (SELECT min("group") FROM gatehouse.memberships WHERE "group" > names.name)
            FROM names WHERE names.name IS NOT NULL
        )
        SELECT name FROM names WHERE name <> ALL (${groups.names}) AND EXISTS (
            SELECT 1 FROM gatehouse.memberships
            WHERE "group" = name AND (expires_at IS NULL OR expires_at > ${now()})
          )
        UNION
        SELECT held FROM gatehouse.api_clients, unnest(groups) AS held
          WHERE held <> ALL (${groups.names})
        ORDER BY name`;
      return found.map(({ name }) => name);
    },
  };
}

function createGroupChanges({ write, groups, renameGroup }: StoreDependencies) {
  /** Refuses groups of the schema: they grant access, so they are revoked from each member separately. */
  const requireRemoved = (name: string): void => {
    if (!groups.has(name)) return;
    throw new BadUserInputError(
      'name',
      `${name} is a group of the schema: revoke it from its members.`,
    );
  };

  return {
    /**
     * Replaces a group that the schema does not have any more by another one. A holder of both keeps the later
     * expiry.
     *
     * @throws {BadUserInputError} when the schema still has the old group, or does not have the new one.
     * @throws {NotFoundError} when no user or client holds the old one.
     */
    async rename(name: string, newName: Group, origin: Origin): Promise<Holders> {
      requireRemoved(name);
      groups.requireAll([newName], 'newName');
      return inBatches(() =>
        write({ origin, lock: lockAdmins }, async (transaction, { record }) => {
          const holders = await replaceGroup(transaction, name, newName);
          await renameGroup(transaction, { name, newName });
          const detail = `${quoted(name)} to ${newName}: ${describeHolders(holders)}`;
          if (hasAny(holders)) await record({ action: 'group.renamed', subjectId: null, detail });
          return holders;
        }),
      );
    },

    /**
     * Removes a group that the schema does not have any more from all holders.
     *
     * @throws {BadUserInputError} when the schema still has the group. @throws {NotFoundError} when no user or client
     *   holds it.
     */
    async drop(name: string, origin: Origin): Promise<Holders> {
      requireRemoved(name);
      return inBatches(() =>
        write({ origin }, async (transaction, { record }) => {
          const holders = await replaceGroup(transaction, name, null);
          const detail = `${quoted(name)}: ${describeHolders(holders)}`;
          if (hasAny(holders)) await record({ action: 'group.dropped', subjectId: null, detail });
          return holders;
        }),
      );
    },
  };
}

/** The maximum number of users, and of API clients, that one transaction changes. */
const batchSize = 1_000;

const hasAny = ({ users, clients }: Holders): boolean => users + clients > 0;

/**
 * Runs transactions until one finds less than a batch, and adds up what they changed. A group that the schema does not
 * have grants nothing, so nothing depends on when the last of its holders is changed. After a crash, run it again.
 *
 * @throws {NotFoundError} when nothing was found at all.
 */
async function inBatches(work: () => Promise<Holders>): Promise<Holders> {
  let [users, clients] = [0, 0];
  for (let isFull = true; isFull; ) {
    const batch = await work();
    users += batch.users;
    clients += batch.clients;
    isFull = batch.users === batchSize || batch.clients === batchSize;
  }
  if (hasAny({ users, clients })) return { users, clients };
  throw new NotFoundError('name', 'No user and no API client holds this group.');
}

/** Formats a count of holders: `3 users, 1 API client`. */
export const describeHolders = ({ users, clients }: Holders): string =>
  `${counted(users, 'user')}, ${counted(clients, 'API client')}`;

const counted = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? '' : 's'}`;

/** Expired memberships are not counted. */
const readHolders = (
  database: Pick<DatabaseTransaction, '$queryRaw'>,
  at: Date,
): Promise<readonly (Holders & { readonly name: string })[]> =>
  database.$queryRaw`
    SELECT name, sum(users)::int AS users, sum(clients)::int AS clients
    FROM (
      SELECT "group" AS name, count(DISTINCT user_id) AS users, 0 AS clients FROM gatehouse.memberships
      WHERE expires_at IS NULL OR expires_at > ${at}
      GROUP BY "group"
      UNION ALL
      SELECT unnest(groups), 0, 1 FROM gatehouse.api_clients
    ) AS held
    GROUP BY name ORDER BY name`;

/** Replaces a group of some holders, or removes it. Returns how many were changed, at most a batch of each kind. */
async function replaceGroup(
  transaction: DatabaseTransaction,
  name: string,
  replacement: Group | null,
): Promise<Holders> {
  const users = await transaction.$executeRaw`
    WITH batch AS MATERIALIZED (
      SELECT * FROM gatehouse.memberships WHERE "group" = ${name} LIMIT ${batchSize}::int FOR UPDATE
    ), copied AS (
      INSERT INTO gatehouse.memberships AS present
        (user_id, "group", source, granted_at, granted_by_id, expires_at, last_used_on)
      SELECT user_id, ${replacement}::text, source, granted_at, granted_by_id, expires_at, last_used_on
      FROM batch WHERE ${replacement}::text IS NOT NULL ORDER BY user_id
      ON CONFLICT (user_id, "group", source) DO UPDATE SET expires_at =
        CASE WHEN present.expires_at IS NULL OR excluded.expires_at IS NULL THEN NULL
          ELSE GREATEST(present.expires_at, excluded.expires_at) END,
        last_used_on = GREATEST(present.last_used_on, excluded.last_used_on)
    )
    DELETE FROM gatehouse.memberships AS old USING batch
    WHERE old."group" = ${name} AND old.user_id = batch.user_id AND old.source = batch.source`;
  const clients = await transaction.$executeRaw`
    UPDATE gatehouse.api_clients SET groups = ARRAY(
      SELECT DISTINCT held FROM unnest(array_replace(groups, ${name}, ${replacement}::text)) AS held
      WHERE held IS NOT NULL)
    WHERE id IN (
      SELECT id FROM gatehouse.api_clients WHERE ${name} = ANY (groups)
      ORDER BY id LIMIT ${batchSize}::int FOR UPDATE)`;
  return { users, clients };
}
