import { useRoute } from '../route.ts';
import { useIsNarrow } from '../use-is-narrow.ts';
import { Choice, Filters, useText } from './filters.tsx';
import { findings } from './findings.ts';
import type { MatrixFilter } from './matrix-rows.ts';
import type { Openness } from './openness.ts';
import { viewersOf } from './viewer-order.ts';

const accesses: readonly { readonly value: Openness; readonly text: string }[] = [
  { value: 'open', text: 'open' },
  { value: 'conditional', text: 'on conditions' },
  { value: 'closed', text: 'closed' },
];

interface Filtered {
  /** In the order in which they are shown. */
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly isOfChanges?: boolean;
}

/** The filters of a matrix. A matrix with one column has no choice of columns. */
export function useMatrixFilters({ columns, types, isOfChanges = false }: Filtered) {
  const { query } = useRoute();
  const { text, field } = useText();
  const read = (name: string) => query.get(name) ?? undefined;
  const viewers = isOfChanges ? undefined : viewersOf(query, columns);
  // Without room for all viewers, one of them is always chosen: first the one that is logged in, in no group.
  const isOne = useIsNarrow() && viewers === undefined;
  const initial = isOne ? (columns[1] ?? columns[0]) : undefined;
  const viewer = columns.find((column) => column === read('viewer')) ?? initial;
  const filter: MatrixFilter = {
    type: read('type'),
    text,
    viewers: viewers ?? columns,
    viewer: columns.length === 1 ? columns[0] : viewer,
    access: accesses.find(({ value }) => value === read('access'))?.value,
    other: columns.find((column) => column === read('other') && column !== viewer),
    isWhole: query.has('whole') || undefined,
    finding: findings.find(({ value }) => value === read('finding'))?.value,
  };
  const fields = (
    <Filters label="Filters of the matrix">
      {field}
      <Choice name="type" label="Type" none="All types" options={types} />
      {columns.length > 1 && (
        <Choice
          name="viewer"
          label="Viewer"
          none={isOne ? undefined : viewers === undefined ? 'All viewers' : 'Those shown'}
          initial={initial}
          options={columns}
        />
      )}
      {columns.length > 1 && !isOfChanges && (
        <Choice
          name="other"
          label="Compare with"
          none={viewer === undefined ? 'Choose a viewer first' : 'No other viewer'}
          isDisabled={viewer === undefined}
          options={viewer === undefined ? [] : columns.filter((column) => column !== viewer)}
        />
      )}
      <Choice name="access" label="Access" none="Any access" options={accesses} />
      {columns.length > 1 && !isOfChanges && (
        <Choice name="finding" label="Finding" none="All rules" options={findings} />
      )}
    </Filters>
  );
  return { fields, filter };
}
