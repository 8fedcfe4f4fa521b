import type { DatabaseConnection, PreparedStatement } from './connection.ts';

/** Runs `work` in the span of a statement. */
type TraceStatement = <Result>(text: string, work: () => Promise<Result>) => Promise<Result>;

/** A connection whose reads without Prisma have spans, as statements of Prisma have. */
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
