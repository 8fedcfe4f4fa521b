import { compareVerdicts, type Openness, opennessOf } from './openness.ts';

export interface RegisteredOperation {
  readonly file: string;
  readonly name: string;
  /** The most that it can cost. */
  readonly cost: number;
  readonly deprecated: readonly string[];
  /** In the order of the columns. */
  readonly verdicts: readonly string[];
}

interface Registry {
  readonly columns: readonly string[];
  readonly operations: readonly RegisteredOperation[];
}

/** What a viewer can get. */
export const outcomes: readonly { readonly value: Openness; readonly text: string }[] = [
  { value: 'closed', text: 'refused' },
  { value: 'conditional', text: 'allowed on conditions' },
  { value: 'open', text: 'allowed' },
];

interface OperationFilter {
  /** Contained in the name or the file, in any case. */
  readonly text: string;
  /** A column: it alone is shown. */
  readonly viewer: string | undefined;
  /** What the viewer gets, or any without one. */
  readonly outcome: Openness | undefined;
}

/** Returns the columns and operations that are looked for, the worst first. */
export function filterOperations(
  { columns, operations }: Registry,
  filter: OperationFilter,
): Registry {
  const { viewer, outcome } = filter;
  const shown = viewer === undefined ? columns : [viewer];
  const text = filter.text.trim().toLowerCase();
  const found = operations
    .map((operation) => ({
      ...operation,
      verdicts: shown.map((column) => operation.verdicts[columns.indexOf(column)] ?? ''),
    }))
    .filter(
      ({ name, file, verdicts }) =>
        `${name} ${file}`.toLowerCase().includes(text) &&
        (outcome === undefined || verdicts.some((verdict) => opennessOf(verdict) === outcome)),
    );
  return {
    columns: shown,
    operations: found.sort((left, right) => compareVerdicts(left.verdicts, right.verdicts)),
  };
}
