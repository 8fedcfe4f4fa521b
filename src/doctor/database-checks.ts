import type { MigrationStatus } from '../database/migrations/migrate.ts';
import { type Check, ok, problem, warning } from '../values/check.ts';
import { checkWork, type WorkFacts } from './work-checks.ts';

export interface DatabaseFacts {
  readonly description: string;
  /** The setting `server_version_num`: 150004 is 15.4. */
  readonly versionNumber: number;
  /** How far the database's clock is ahead of this process's clock. */
  readonly clockAheadMs: number;
  readonly migrations: MigrationStatus;
  /** Groups of users or API clients that the schema no longer has, in one text. */
  readonly removedGroups: readonly string[];
  /** Undefined before the migrations of Gatehouse were applied. */
  readonly work: WorkFacts | undefined;
  readonly isSuperuser: boolean;
  /** Whether a name without a schema means a table of Gatehouse first. */
  readonly findsOwnTablesFirst: boolean;
}

const leastVersion = 15;
const toleratedClockMs = 1000;
/** With a larger difference, other nodes reject the tokens of this one as issued in the future. */
const dangerousClockMs = 5_000;

/** Checks version, search path, migrations, clock, groups and background work. Pure. */
export const checkDatabase = (facts: DatabaseFacts): readonly Check[] => [
  checkVersion(facts),
  ...checkSearchPath(facts),
  checkMigrations(facts.migrations),
  checkClock(facts.clockAheadMs),
  ...checkGroups(facts),
  ...(facts.work === undefined ? [] : checkWork(facts.work)),
];

/** Checks the privileges of the user of a PostgreSQL server in production. Pure. */
export const checkDatabaseUser = ({ isSuperuser }: DatabaseFacts): readonly Check[] =>
  isSuperuser
    ? [
        warning(
          'database user',
          'is a superuser',
          'connect as a user without SUPERUSER that owns only this database',
        ),
      ]
    : [];

/** By default, PostgreSQL looks first in the schema that has the name of the role. */
const checkSearchPath = ({ findsOwnTablesFirst }: DatabaseFacts): readonly Check[] =>
  findsOwnTablesFirst
    ? [
        problem(
          'search path',
          'a name such as users means the table in the schema gatehouse, not yours in public',
          'use a role that is not called gatehouse, or run: ALTER ROLE gatehouse SET search_path = public',
        ),
      ]
    : [];

function checkVersion({ description, versionNumber }: DatabaseFacts): Check {
  const version = Math.floor(versionNumber / 10_000);
  const found = `${description}, version ${version}.${versionNumber % 10_000}`;
  return version >= leastVersion
    ? ok('database', found)
    : problem('database', found, `use PostgreSQL ${leastVersion} or later`);
}

function checkMigrations(status: MigrationStatus): Check {
  const { applied, pending, failed, edited, newer, unknown, neededVersion } = status;
  const name = 'migrations';
  if (failed.length > 0) {
    const advice =
      'if no migration is running: undo what it has applied, and mark it with `prisma migrate resolve --rolled-back`, ' +
      'or set `rolled_back_at` in its row of `_prisma_migrations`';
    return problem(name, `started but not finished: ${failed.join(', ')}`, advice);
  }
  if (edited.length > 0) {
    const found = `changed after being applied: ${edited.join(', ')}`;
    return problem(name, found, 'restore the migration scripts of the running release');
  }
  if (unknown.length > 0) {
    const found = `from a newer release, which this one cannot work with: ${unknown.join(', ')}`;
    const advice = `run ${neededVersion ?? 'the release that the database was migrated to'} or later`;
    return problem(name, found, advice);
  }
  if (pending.length > 0) {
    const found = `pending: ${pending.join(', ')}`;
    return warning(name, found, 'start the server, or run `migrate` if MIGRATE=off');
  }
  if (newer.length > 0) {
    const found = `from a newer release, which this one can work with: ${newer.join(', ')}`;
    return warning(name, found, 'finish the upgrade of every node');
  }
  return ok(name, `all ${applied.length} applied`);
}

const checkGroups = ({ removedGroups }: DatabaseFacts): readonly Check[] =>
  removedGroups.length === 0
    ? []
    : [
        warning(
          'groups',
          `held, but not in the schema: ${removedGroups.join(', ')}`,
          'run `groups list`, then `groups rename` or `groups drop`',
        ),
      ];

function checkClock(aheadMs: number): Check {
  const apartMs = Math.round(Math.abs(aheadMs));
  const found = `${apartMs} ms difference from the database clock`;
  const advice = 'synchronize the clocks of this machine and the database host with NTP';
  if (apartMs > dangerousClockMs) return problem('clock', found, advice);
  return apartMs > toleratedClockMs ? warning('clock', found, advice) : ok('clock', found);
}
