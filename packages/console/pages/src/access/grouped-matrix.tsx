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
  /** Of the other columns. */
  readonly heads: readonly string[];
  readonly children: ReactNode;
}

/** A table whose head and first column stay while it scrolls. */
const Frame = ({ caption, head, heads, children }: FrameProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
  <section className="table-frame wide grouped" aria-label={caption} tabIndex={0}>
    <table>
      <caption className="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" className={head.toLowerCase()}>
            {head}
          </th>
          {heads.map((name) => (
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

interface GroupedProps {
  readonly matrix: Matrix;
  /** Of the columns. */
  readonly heads: readonly string[];
}

interface ByTypeProps extends GroupedProps {
  readonly types: GroupedTypes;
  /** Whether all types are open and stay so, as where few rows were looked for. */
  readonly isWhole: boolean;
  /** How many rows of a type have no rule of their own, by its name. */
  readonly inherited: ReadonlyMap<string, number>;
}

/** A line for each type, with how many of its fields each viewer reaches: the types of packages behind one line. */
export function MatrixByType({
  matrix: { columns },
  heads,
  types,
  isWhole,
  inherited,
}: ByTypeProps) {
  const { open, toggle } = useOpenTypes();
  const isOpened = (name: string) => isWhole || open.includes(name);
  const linesOf = (group: RowGroup) => [
    <TypeRow
      key={`type ${group.key}`}
      group={group}
      columns={columns}
      isOpen={isOpened(group.key)}
      onToggle={isWhole ? undefined : () => toggle(group.key)}
    />,
    ...(isOpened(group.key) ? fieldLinesOf(group, inherited.get(group.key) ?? 0) : []),
  ];
  const fieldLinesOf = ({ key: name, rows }: RowGroup, without: number) => [
    ...rows
      .slice(0, maxRows)
      .map((row) => <FieldRow key={row.coordinate} row={row} columns={columns} />),
    ...(without > 0 || rows.length > maxRows
      ? [
          <RestRow
            key={`rest of ${name}`}
            name={name}
            rules={rows.length}
            inherited={without}
            columns={columns}
          />,
        ]
      : []),
  ];
  const otherRows = useMemo(() => types.others.flatMap(({ rows }) => rows), [types]);
  const lines = [
    ...types.own.flatMap(linesOf),
    ...(types.others.length === 0 || isWhole
      ? []
      : [
          <tr key={others}>
            <th scope="row">
              <Toggle isOpen={isOpened(others)} onToggle={() => toggle(others)}>
                {types.others.length} types of Gatehouse and packages
              </Toggle>
            </th>
            <Tallies rows={otherRows} columns={columns} />
          </tr>,
        ]),
    ...(isOpened(others) ? types.others.flatMap(linesOf) : []),
  ];
  const grown = useGrowing({ of: types, rows: lines.length, columns: columns.length });
  return (
    <Frame caption="Access matrix by type" head="Type" heads={heads}>
      <tbody>{lines.slice(0, grown)}</tbody>
    </Frame>
  );
}

interface TypeRowProps {
  readonly group: RowGroup;
  readonly isOpen: boolean;
  /** Absent: it stays as it is. */
  readonly onToggle: (() => void) | undefined;
  readonly columns: readonly string[];
}

const TypeRow = ({ group: { key: name, rows }, columns, isOpen, onToggle }: TypeRowProps) => (
  <tr className="type">
    <th scope="row">
      {onToggle === undefined ? (
        name
      ) : (
        <Toggle isOpen={isOpen} onToggle={onToggle}>
          {name}
        </Toggle>
      )}{' '}
      <span className="quiet">
        {rows.length} {rows.length === 1 ? 'rule' : 'rules'}
      </span>
    </th>
    <Tallies rows={rows} columns={columns} />
  </tr>
);

interface TalliesProps {
  readonly rows: readonly MatrixRow[];
  readonly columns: readonly string[];
}

const Tallies = memo(({ rows, columns }: TalliesProps) =>
  columns.map((column, index) => (
    <td key={column}>
      <Tally counts={countIn(rows, index)} />
    </td>
  )),
);

interface RestRowProps {
  readonly name: string;
  readonly rules: number;
  readonly inherited: number;
  readonly columns: readonly string[];
}

/** What an opened type does not show. */
const RestRow = ({ name, rules, inherited, columns }: RestRowProps) => (
  <tr>
    <td className="quiet" colSpan={columns.length + 1}>
      {rules > maxRows && (
        <a href={toHash(['access', 'matrix'], { by: 'field', type: name })}>
          All {rules.toLocaleString()} rules of {name}
        </a>
      )}
      {inherited > 0 && ` ${inherited.toLocaleString()} more without a rule of their own`}
    </td>
  </tr>
);

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
export function MatrixByRule({ matrix: { columns, rows }, heads }: GroupedProps) {
  const groups = useMemo(() => groupByRule(rows), [rows]);
  const grown = useGrowing({ of: groups, rows: groups.length, columns: columns.length });
  return (
    <Frame caption="Access matrix by rule" head="Rule" heads={heads}>
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
