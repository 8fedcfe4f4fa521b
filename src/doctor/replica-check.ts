import { readPosition, unfitReplica } from '../database/connect/replica-lag.ts';
import type { DatabaseConnection, DatabaseOptions } from '../database/connect.ts';
import { withDatabase } from '../database/open-database.ts';
import { type Check, ok, problem, warning } from '../values/check.ts';
import { withinTime } from '../values/within-time.ts';
import { describeError } from './describe-error.ts';

const name = 'replica';

/** Checks that the replica can be reached and follows the primary. Without one there is no check. */
export async function checkReplica(
  database: DatabaseOptions,
  timeoutMs: number,
): Promise<readonly Check[]> {
  if (database.replica === undefined) return [];
  try {
    return [await withinTime(timeoutMs, withDatabase(database, compare))];
  } catch (error) {
    const found = `it or its primary does not respond: ${describeError(error)}`;
    const advice = 'start it, or correct DATABASE_REPLICA_URL; until then, the primary is read';
    return [warning(name, found, advice)];
  }
}

async function compare({ replica, ...primary }: DatabaseConnection): Promise<Check> {
  if (replica === undefined) throw new Error('There is no replica.');
  const written = await readPosition(primary);
  const replayed = await readPosition(replica.connection);
  const { description } = replica.connection;
  const reason = unfitReplica(written, replayed);
  if (reason !== undefined) {
    const advice = 'set DATABASE_REPLICA_URL to a streaming replica of DATABASE_URL';
    return problem(name, `${description}: ${reason}`, advice);
  }
  const behind = written.bytes > replayed.bytes ? written.bytes - replayed.bytes : 0n;
  return ok(name, `${description}, ${behind} bytes behind`);
}
