import { type Cells, type MarkdownRow, readRows, withoutCode } from '../markdown-table.ts';
import { operationFacts, operationHead } from './operation-registry.ts';
import { compareVerdicts } from './operation-verdict.ts';

/**
 * A difference of two registries. `worse` and `opens`: the verdicts for some columns. `changed`: a verdict of the same kind,
 * the cost, or what is deprecated.
 */
export interface RegistryChange {
  readonly kind: 'worse' | 'opens' | 'changed' | 'new' | 'gone';
  readonly file: string;
  readonly operation: string;
  /** The columns with the same change. Empty for `new` and `gone`. */
  readonly columns: readonly string[];
  readonly before: string;
  readonly after: string;
}

/**
 * Compares two registries in Markdown. Returns what changed for each operation, with the columns of equal changes
 * together. A column that only one of them has is left out.
 */
export function compareRegistries(before: string, after: string): readonly RegistryChange[] {
  const [old, now] = [readRegistry(before), readRegistry(after)];
  const added = [...now].filter(([key]) => !old.has(key));
  const removed = [...old].filter(([key]) => !now.has(key));
  return [
    ...[...now].flatMap(([key, row]) => changesOf(old.get(key), row)),
    ...added.map(([, row]) => toChange('new', row)),
    ...removed.map(([, row]) => toChange('gone', row)),
  ];
}

/** Prints a change in one line. */
export function printRegistryChange(change: RegistryChange): string {
  const { kind, operation, file, columns, before, after } = change;
  const line = `${kind.padEnd(8)} ${operation} (${file})`;
  if (columns.length === 0) return line;
  return `${line} for ${columns.join(', ')}: ${before || 'nothing'} -> ${after || 'nothing'}`;
}

const readRegistry = (markdown: string): ReadonlyMap<string, MarkdownRow> =>
  new Map(readRows(markdown, operationHead).map((row) => [`${row.heading} ${row.name}`, row]));

const toChange = (kind: 'new' | 'gone', { heading, name }: MarkdownRow): RegistryChange => ({
  ...{ kind, file: heading, operation: name },
  ...{ columns: [], before: '', after: '' },
});

function changesOf(old: MarkdownRow | undefined, row: MarkdownRow): readonly RegistryChange[] {
  if (old === undefined) return [];
  const byChange = new Map<string, RegistryChange>();
  for (const [column, cell] of row.cells) {
    const [before, after] = [textOf(old.cells, column), withoutCode(cell)];
    if (before === undefined || before === after) continue;
    const key = JSON.stringify([before, after]);
    const columns = [...(byChange.get(key)?.columns ?? []), column];
    const kind = kindOf(column, before, after);
    const { heading: file, name: operation } = row;
    byChange.set(key, { kind, file, operation, columns, before, after });
  }
  return [...byChange.values()];
}

function textOf(cells: Cells, column: string): string | undefined {
  const cell = cells.get(column);
  return cell === undefined ? undefined : withoutCode(cell);
}

function kindOf(column: string, before: string, after: string): RegistryChange['kind'] {
  if (operationFacts.some((fact) => fact === column)) return 'changed';
  const difference = compareVerdicts(before, after);
  if (difference === 0) return 'changed';
  return difference > 0 ? 'worse' : 'opens';
}
