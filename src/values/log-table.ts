/** An append-only table with a partition for each month: the audit log, or a log of a package. */
export interface LogTable {
  /** For the option `--log` of commands. Its pruning is recorded as `NAME.pruned`. */
  readonly name: string;
  /** With its schema. It has the columns `id`, a UUID of version 7, and `at`. */
  readonly table: string;
  /** What one row is called, such as `event`. */
  readonly row: string;
  /** The properties of an exported row beside `id` and `at`, each with its expression in SQL. */
  readonly columns: Readonly<Record<string, string>>;
  /** How many rows of an export are in memory at once. */
  readonly pageSize: number;
  /** How many days rows are kept. Undefined: until a command removes them. */
  readonly daysKept: number | undefined;
}

/** A row of any log. */
export interface LogRow {
  readonly id: string;
  readonly at: Date;
}
