import { findAge, readRefreshToken } from '../../../src/authentication/refresh-token.ts';
import type { Database, DatabaseConnection } from '../../../src/database/connection.ts';
import {
  type RefreshColumns,
  storedRefreshOf,
} from '../../../src/identity/sessions/session.records.ts';
import { roomsClient } from '../rooms-project.ts';
import type { Acknowledged } from './writer.ts';

/**
 * Finds what a database lacks of what was acknowledged, and what in it is half-written: each change has
 * its audit event and each event its change, and a session that is alive has one token to go on with.
 */
export async function findLosses(
  { database, adapter }: Pick<DatabaseConnection, 'database' | 'adapter'>,
  known: Acknowledged,
): Promise<string[]> {
  const rooms = roomsClient({ adapter });
  return [
    ...(await lostRecords({ database, rooms }, known)),
    ...(await lostMemberships(database, known)),
    ...(await wrongSessions(database, known)),
    ...(await halfWritten({ database, rooms })),
  ];
}

/** Gatehouse's tables and the demo's. */
interface Tables {
  readonly database: Database;
  readonly rooms: ReturnType<typeof roomsClient>;
}

async function lostRecords(
  { database, ...tables }: Tables,
  { users, rooms }: Acknowledged,
): Promise<string[]> {
  const found = {
    users: await database.user.count({ where: { id: { in: users } } }),
    rooms: await tables.rooms.room.count({ where: { id: { in: rooms } } }),
  };
  return [
    ...(found.users === users.length ? [] : [`users: ${found.users} of ${users.length}`]),
    ...(found.rooms === rooms.length ? [] : [`rooms: ${found.rooms} of ${rooms.length}`]),
  ];
}

async function lostMemberships(database: Database, { memberships }: Acknowledged) {
  const certain = memberships.filter(({ isOpenQuestion }) => !isOpenQuestion);
  const userIds = certain.map(({ userId }) => userId);
  const where = { userId: { in: userIds }, group: 'MANAGER' } as const;
  const held = new Set((await database.membership.findMany({ where })).map((row) => row.userId));
  return certain
    .filter(({ userId, isHeld }) => held.has(userId) !== isHeld)
    .map(({ userId, isHeld }) => `membership of ${userId}: should be held: ${isHeld}`);
}

async function wrongSessions(database: Database, { sessions }: Acknowledged): Promise<string[]> {
  const where = { id: { in: sessions.map(({ id }) => id) } };
  const rows = await database.session.findMany({ where });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return sessions.flatMap((session) => {
    const row = byId.get(session.id);
    if (row === undefined) return [`session ${session.id}: lost`];
    const age = ageOf(session.refreshToken, row);
    // A refresh may have been stored whose answer was cut off.
    const isKept = age === 'current' || (age === 'previous' && session.isOpenQuestion);
    const isRight = session.isOpenQuestion || (row.endedAt !== null) === session.isEnded;
    return [
      ...(isKept ? [] : [`session ${session.id}: its last refresh token is lost`]),
      ...(isRight ? [] : [`session ${session.id}: should be ended: ${session.isEnded}`]),
    ];
  });
}

function ageOf(text: string, row: RefreshColumns) {
  const token = readRefreshToken(text);
  const stored = storedRefreshOf(row);
  return token === null || stored === null ? undefined : findAge(token, stored)?.kind;
}

async function halfWritten({ database, rooms }: Tables): Promise<string[]> {
  const events = (action: string) => database.auditEvent.count({ where: { action } });
  const pairs = [
    ['users', await database.user.count(), await events('user.created')],
    ['rooms', await rooms.room.count(), await events('room.created')],
    ['sessions', await database.session.count(), await events('login.succeeded')],
    [
      'ended sessions',
      await database.session.count({ where: { endedAt: { not: null } } }),
      await events('session.ended'),
    ],
    [
      'used refresh tokens',
      (await database.session.aggregate({ _sum: { refreshGeneration: true } }))._sum
        .refreshGeneration ?? 0,
      await events('session.refreshed'),
    ],
  ] as const;
  return pairs
    .filter(([, rows, reported]) => rows !== reported)
    .map(([what, rows, reported]) => `${rows} ${what}, but ${reported} audit events`);
}
