import type { DatabaseConnection, PreparedStatement } from './connection.ts';

/** Runs `work` in a trace span for a statement. */
type TraceStatement = <Result>(text: string, work: () => Promise<Result>) => Promise<Result>;

/** Wraps a connection so that reads without Prisma have spans, like Prisma's statements. */
export const withTracedReads = (
  connection: DatabaseConnection,
  trace: TraceStatement | undefined,
): DatabaseConnection =>
  trace === undefined
    ? connection
    : {
        ...connection,
        read: <Row extends object>(statement: PreparedStatement, values: readonly unknown[]) =>
          trace(statement.text, () => connection.read<Row>(statement, values)),
      };
