import type { DatabaseConnection, PreparedStatement } from '../connection.ts';

/** Runs `work` in a trace span for a statement. */
type TraceStatement = <Result>(text: string, work: () => Promise<Result>) => Promise<Result>;

/** Wraps a connection so that reads without Prisma have spans, like Prisma's statements. */
export function withTracedReads(
  connection: DatabaseConnection,
  trace: TraceStatement | undefined,
): DatabaseConnection {
  if (trace === undefined) return connection;
  const { replica } = connection;
  return {
    ...connection,
    read: <Row extends object>(statement: PreparedStatement, values: readonly unknown[]) =>
      trace(statement.text, () => connection.read<Row>(statement, values)),
    ...(replica === undefined
      ? {}
      : { replica: { ...replica, connection: withTracedReads(replica.connection, trace) } }),
  };
}
