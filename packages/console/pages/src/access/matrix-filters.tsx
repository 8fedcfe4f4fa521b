import { useRoute } from '../route.ts';
import { Choice, Filters, Switch, useText } from './filters.tsx';
import { filterMatrix, type Matrix, typesOf } from './matrix-rows.ts';
import type { Openness } from './openness.ts';

const accesses: readonly { readonly value: Openness; readonly text: string }[] = [
  { value: 'open', text: 'open' },
  { value: 'conditional', text: 'on conditions' },
  { value: 'closed', text: 'closed' },
];

/** The filters of a matrix, and what they leave. A matrix with one column has no choice of columns. */
export function useMatrixFilters(matrix: Matrix) {
  const { query } = useRoute();
  const { text, field } = useText();
  const { columns, rows } = matrix;
  const read = (name: string) => query.get(name) ?? undefined;
  const viewer = columns.find((column) => column === read('viewer'));
  const filter = {
    type: read('type'),
    text,
    viewer: columns.length === 1 ? columns[0] : viewer,
    access: accesses.find(({ value }) => value === read('access'))?.value,
    other: columns.find((column) => column === read('other') && column !== viewer),
    isWhole: query.has('whole'),
  };
  const fields = (
    <Filters label="Filters of the matrix">
      {field}
      <Choice name="type" label="Type" none="All types" options={typesOf(rows)} />
      {columns.length > 1 && (
        <Choice name="viewer" label="Viewer" none="All viewers" options={columns} />
      )}
      {viewer !== undefined && (
        <Choice
          name="other"
          label="Differs from"
          none="No other viewer"
          options={columns.filter((column) => column !== viewer)}
        />
      )}
      <Choice name="access" label="Access" none="Any access" options={accesses} />
      <Switch name="whole" label="Show what is as its parent" />
    </Filters>
  );
  return { fields, shown: filterMatrix(matrix, filter), key: JSON.stringify(filter) };
}
