import { memo, type ReactNode, useMemo, useState } from 'react';
import { useGrowing } from '../parts/use-growing.ts';
import { changeQuery, toHash, useRoute } from '../route.ts';
import { Cell } from './cell.tsx';
import { Requirement } from './marked.tsx';
import { countIn, type GroupedTypes, groupByRule, type RowGroup } from './matrix-groups.ts';
import type { Matrix, MatrixRow } from './matrix-rows.ts';
import { Tally } from './tally.tsx';
import { Coordinate, CoordinateText } from './views.tsx';

/** An opened type shows so many rows. More of them are found by field. */
const maxRows = 100;

interface FrameProps {
  readonly caption: string;
  readonly head: string;
  readonly columns: readonly string[];
  readonly children: ReactNode;
}

/** A table whose head and first column stay while it scrolls. */
const Frame = ({ caption, head, columns, children }: FrameProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
  <section className="table-frame wide grouped" aria-label={caption} tabIndex={0}>
    <table>
      <caption className="hidden">{caption}</caption>
      <thead>
        <tr>
          {[head, ...columns].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  </section>
);

interface ToggleProps {
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

const Toggle = ({ isOpen, onToggle, children }: ToggleProps) => (
  <button type="button" className="link" aria-expanded={isOpen} onClick={onToggle}>
    <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {children}
  </button>
);

/** Reads which types were toggled. The address has their names, so that they are as they were after a way back. */
function useOpenTypes() {
  const open = useRoute().query.get('open')?.split(',') ?? [];
  const toggle = (name: string) =>
    changeQuery({
      open: (open.includes(name) ? open.filter((each) => each !== name) : [...open, name]).join(),
    });
  return { open, toggle };
}

const others = 'others';

interface ByTypeProps {
  readonly matrix: Matrix;
  readonly types: GroupedTypes;
  /** Whether all types are open, as where few rows were looked for. */
  readonly isOpen: boolean;
  /** How many rows of a type have no rule of their own, by its name. */
  readonly inherited: ReadonlyMap<string, number>;
}

/** A line for each type, with how many of its fields each viewer reaches: the types of packages behind one line. */
export function MatrixByType({ matrix: { columns }, types, isOpen, inherited }: ByTypeProps) {
  const { open, toggle } = useOpenTypes();
  const body = (group: RowGroup) => (
    <TypeBody
      key={group.key}
      group={group}
      columns={columns}
      isOpen={isOpen !== open.includes(group.key)}
      inherited={inherited.get(group.key) ?? 0}
      onToggle={() => toggle(group.key)}
    />
  );
  const areOthersOpen = isOpen !== open.includes(others);
  const grown = useGrowing({ of: types, rows: types.own.length, columns: columns.length });
  return (
    <Frame caption="Access matrix by type" head="Type" columns={columns}>
      {types.own.slice(0, grown).map(body)}
      {types.others.length > 0 && (
        <tbody>
          <tr>
            <th scope="row">
              <Toggle isOpen={areOthersOpen} onToggle={() => toggle(others)}>
                {types.others.length} types of Gatehouse and packages
              </Toggle>
            </th>
            {columns.map((column, index) => (
              <td key={column}>
                <Tally
                  counts={countIn(
                    types.others.flatMap(({ rows }) => rows),
                    index,
                  )}
                />
              </td>
            ))}
          </tr>
        </tbody>
      )}
      {areOthersOpen && types.others.map(body)}
    </Frame>
  );
}

interface TypeBodyProps extends Omit<ToggleProps, 'children'> {
  readonly group: RowGroup;
  readonly columns: readonly string[];
  readonly inherited: number;
}

function TypeBody({ group, columns, isOpen, inherited, onToggle }: TypeBodyProps) {
  const { key: name, rows } = group;
  return (
    <tbody>
      <tr className="type">
        <th scope="row">
          <Toggle isOpen={isOpen} onToggle={onToggle}>
            {name}
          </Toggle>{' '}
          <span className="quiet">
            {rows.length} {rows.length === 1 ? 'rule' : 'rules'}
          </span>
        </th>
        {columns.map((column, index) => (
          <td key={column}>
            <Tally counts={countIn(rows, index)} />
          </td>
        ))}
      </tr>
      {isOpen && <FieldRows rows={rows} columns={columns} />}
      {isOpen && (inherited > 0 || rows.length > maxRows) && (
        <tr>
          <td className="quiet" colSpan={columns.length + 1}>
            {rows.length > maxRows && (
              <a href={toHash(['access', 'matrix'], { by: 'field', type: name })}>
                All {rows.length.toLocaleString()} rules of {name}
              </a>
            )}
            {inherited > 0 && ` ${inherited.toLocaleString()} more without a rule of their own`}
          </td>
        </tr>
      )}
    </tbody>
  );
}

interface FieldRowsProps {
  readonly rows: readonly MatrixRow[];
  readonly columns: readonly string[];
}

function FieldRows({ rows, columns }: FieldRowsProps) {
  const grown = useGrowing({ of: rows, rows: rows.length, columns: columns.length });
  return rows
    .slice(0, Math.min(grown, maxRows))
    .map((row) => <FieldRow key={row.coordinate} row={row} columns={columns} />);
}

interface FieldRowProps {
  readonly row: MatrixRow;
  readonly columns: readonly string[];
}

const FieldRow = memo(({ row, columns }: FieldRowProps) => (
  <tr className="field-row">
    <th scope="row">
      <Coordinate coordinate={row.coordinate} />
    </th>
    {columns.map((column, index) => (
      <td key={column}>
        <Cell row={row} column={column} index={index} />
      </td>
    ))}
  </tr>
));

/** A line for each rule with the same cells: what a reviewer reads. Rules of one coordinate are at the end. */
export function MatrixByRule({ matrix: { columns, rows } }: { readonly matrix: Matrix }) {
  const groups = useMemo(() => groupByRule(rows), [rows]);
  const grown = useGrowing({ of: groups, rows: groups.length, columns: columns.length });
  return (
    <Frame caption="Access matrix by rule" head="Rule" columns={columns}>
      {groups.slice(0, grown).map((group) => (
        <RuleBody key={group.key} group={group} columns={columns} />
      ))}
    </Frame>
  );
}

interface RuleBodyProps {
  readonly group: RowGroup;
  readonly columns: readonly string[];
}

const RuleBody = memo(({ group: { rows }, columns }: RuleBodyProps) => {
  const [isOpen, setIsOpen] = useState(false);
  const [first] = rows;
  if (first === undefined) return null;
  return (
    <tbody>
      <tr className="type">
        <th scope="row">
          <Toggle isOpen={isOpen} onToggle={() => setIsOpen(!isOpen)}>
            <Requirement text={first.requirement} />
          </Toggle>{' '}
          <span className="quiet">
            {rows.length === 1 ? (
              <CoordinateText coordinate={first.coordinate} />
            ) : (
              `${rows.length} coordinates`
            )}
          </span>
        </th>
        {columns.map((column, index) => (
          <td key={column}>
            <Cell row={{ ...first, stricter: [] }} column={column} index={index} />
          </td>
        ))}
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={columns.length + 1}>
            <ul className="coordinates" aria-label={`Under ${first.requirement}`}>
              {rows.slice(0, maxRows).map(({ coordinate }) => (
                <li key={coordinate}>
                  <Coordinate coordinate={coordinate} />
                </li>
              ))}
            </ul>
            {rows.length > maxRows && `and ${rows.length - maxRows} more`}
          </td>
        </tr>
      )}
    </tbody>
  );
});
