/** The result of a command: a document for programs, and lines for people. */
export interface Report {
  readonly document: object;
  readonly lines: readonly string[];
}

/** Formats a table. Columns are as wide as their widest cell. Without rows there is no head either. */
export function toTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const lines = [head, ...rows];
  const widths = head.map((_name, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A document for programs that people may read too. */
export const toJson = (document: object): string => JSON.stringify(document, undefined, 2);
