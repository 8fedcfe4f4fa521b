import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareVerdicts as compareOnServer,
  printVerdict,
} from '../../packages/authorization/src/reports/operations/operation-verdict.ts';
import {
  type ChangedRow,
  filterChanges,
} from '../../packages/console/pages/src/access/change-rows.ts';
import { toCsv, toMarkdown } from '../../packages/console/pages/src/access/matrix-file.ts';
import { groupByRule, groupByType } from '../../packages/console/pages/src/access/matrix-groups.ts';
import {
  compareColumns,
  filterMatrix,
  type Matrix,
  type MatrixFilter,
} from '../../packages/console/pages/src/access/matrix-rows.ts';
import {
  compareVerdicts,
  type Openness,
  opennessOf,
} from '../../packages/console/pages/src/access/openness.ts';
import { filterOperations } from '../../packages/console/pages/src/access/registered-operations.ts';
import { toWords } from '../../packages/console/pages/src/access/words.ts';

const matrix: Matrix = {
  columns: ['anonymous', 'authenticated', 'ADMIN'],
  rows: [
    row('Query.info', 'public', ['yes', 'yes', 'yes']),
    row('Query.user', '@auth(requires: [ADMIN], or: [SELF])', ['no', 'SELF', 'yes']),
    row('Query.user(id:)', 'as its parent', ['', '', '']),
    row('User.email', '@auth(requires: [ADMIN])', ['no', 'no', 'yes, 900 s']),
  ],
};

function row(coordinate: string, requirement: string, cells: readonly string[]) {
  return { typeName: coordinate.split('.')[0] ?? '', coordinate, requirement, cells };
}

const shownBy = (filter: MatrixFilter): readonly string[] =>
  filterMatrix(matrix, filter).rows.map(({ coordinate }) => coordinate);

describe('the filters of the matrix', () => {
  it.each([
    { filter: {}, shown: ['Query.info', 'Query.user', 'User.email'] },
    {
      filter: { isWhole: true },
      shown: ['Query.info', 'Query.user', 'Query.user(id:)', 'User.email'],
    },
    { filter: { type: 'User' }, shown: ['User.email'] },
    { filter: { text: ' self ' }, shown: ['Query.user'] },
    { filter: { text: 'QUERY.' }, shown: ['Query.info', 'Query.user'] },
    { filter: { access: 'conditional' }, shown: ['Query.user', 'User.email'] },
    { filter: { viewer: 'authenticated', access: 'conditional' }, shown: ['Query.user'] },
    { filter: { viewer: 'authenticated', access: 'closed' }, shown: ['User.email'] },
    { filter: { viewer: 'anonymous', other: 'authenticated' }, shown: ['Query.user'] },
    { filter: { viewer: 'ADMIN', other: 'ADMIN' }, shown: [] },
    { filter: { type: 'Unknown' }, shown: [] },
  ] as const)('leave $shown for $filter', ({ filter, shown }) => {
    expect(shownBy(filter)).toEqual(shown);
  });

  it('leave the columns of the viewer and of the other one, with their cells', () => {
    const { columns, rows } = filterMatrix(matrix, { viewer: 'ADMIN', other: 'anonymous' });
    expect(columns).toEqual(['ADMIN', 'anonymous']);
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['yes', 'no'],
      ['yes, 900 s', 'no'],
    ]);
  });

  it('leave together what each of them leaves', () => {
    const optional = <Value>(...values: readonly Value[]) => fc.constantFrom(undefined, ...values);
    const filters = fc.record({
      type: optional('Query', 'User'),
      text: optional('u', 'auth', 'id:'),
      access: optional<Openness>('open', 'conditional', 'closed'),
      isWhole: fc.boolean(),
    });
    const viewers = fc.record({
      viewer: optional(...matrix.columns),
      other: optional(...matrix.columns),
    });
    fc.assert(
      fc.property(filters, viewers, ({ type, text, access, isWhole }, of) => {
        const alone = [{ type }, { text }, { access }, {}].map((filter) =>
          shownBy({ ...filter, ...of, isWhole }),
        );
        const expected = matrix.rows
          .map(({ coordinate }) => coordinate)
          .filter((coordinate) => alone.every((shown) => shown.includes(coordinate)));
        expect(shownBy({ type, text, access, ...of, isWhole })).toEqual(expected);
      }),
    );
  });
});

describe('the filters of changes', () => {
  const changed = (
    coordinate: string,
    was: readonly string[] | null,
    now: readonly string[] | null,
  ): ChangedRow => {
    const [typeName = ''] = coordinate.split('.');
    const texts = (cells: readonly string[] | null, requirement: string) =>
      cells && { requirement, cells };
    return { typeName, coordinate, was: texts(was, '@auth'), now: texts(now, 'public') };
  };
  const changes = {
    columns: ['anonymous', 'ADMIN', 'JANITOR'],
    rows: [
      changed('Query.info', ['no', 'yes', 'yes'], ['yes', 'yes', 'yes']),
      changed('Query.users', ['no', 'no', 'no'], ['no', 'SELF', 'no']),
      changed('User.id', null, ['', '', '']),
      changed('User.email', ['no', 'yes', 'no'], null),
    ],
  };

  it.each([
    { filter: {}, shown: ['Query.info', 'Query.users', 'User.id', 'User.email'] },
    { filter: { type: 'User' }, shown: ['User.id', 'User.email'] },
    { filter: { text: 'PUBLIC' }, shown: ['Query.info', 'Query.users', 'User.id'] },
    { filter: { text: '@auth' }, shown: ['Query.info', 'Query.users', 'User.email'] },
    { filter: { viewer: 'ADMIN' }, shown: ['Query.users', 'User.id', 'User.email'] },
    { filter: { viewer: 'JANITOR', type: 'Query' }, shown: [] },
    { filter: { access: 'conditional' }, shown: ['Query.users'] },
    { filter: { viewer: 'anonymous', access: 'open' }, shown: ['Query.info'] },
  ] as const)('leave $shown for $filter', ({ filter, shown }) => {
    expect(filterChanges(changes, filter).rows.map(({ coordinate }) => coordinate)).toEqual(shown);
  });

  it('leave the column of the viewer, with what was and what is', () => {
    const { columns, rows } = filterChanges(changes, { viewer: 'ADMIN', type: 'Query' });
    expect(columns).toEqual(['ADMIN']);
    expect(rows.map(({ was, now }) => [was?.cells, now?.cells])).toEqual([[['no'], ['SELF']]]);
  });
});

it.each([
  ['yes', 'open'],
  ['all', 'open'],
  ['no', 'closed'],
  ['', 'inherited'],
  ['SELF', 'conditional'],
  ['yes, 900 s', 'conditional'],
  ['readable', 'conditional'],
] as const)('marks the access %j as %s', (access, openness) => {
  expect(opennessOf(access)).toBe(openness);
});

const verdicts = fc
  .oneof(
    fc.record({
      outcome: fc.constant('refused' as const),
      coordinate: fc.constant('Query.a'),
      clauses: fc.constant([]),
    }),
    fc.record({
      outcome: fc.constant('depends' as const),
      coordinate: fc.constant('Query.a(b:)'),
      variables: fc.constant(['b']),
      clauses: fc.constant([]),
    }),
    fc.record(
      {
        outcome: fc.constant('allowed' as const),
        narrowed: fc.boolean(),
        depends: fc.subarray(['policy', 'type', 'id'] as const),
        causes: fc.constant([]),
        maxAge: fc.constant(900),
        factors: fc.constant(2),
      },
      { requiredKeys: ['outcome', 'narrowed', 'depends', 'causes'] },
    ),
  )
  .map(printVerdict);

describe('the order of verdicts', () => {
  it('never contradicts that of the server', () => {
    fc.assert(
      fc.property(verdicts, verdicts, (left, right) => {
        const [here, there] = [compareVerdicts([left], [right]), compareOnServer(left, right)];
        expect(Math.sign(here) * Math.sign(there)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('has what is denied at one end, and what is allowed at the other', () => {
    const marks = { closed: 5, open: 0 };
    fc.assert(
      fc.property(verdicts, (verdict) => {
        const openness = opennessOf(verdict);
        const distance = compareVerdicts(['allowed'], [verdict]);
        if (openness === 'conditional') expect([1, 2, 3, 4]).toContain(distance);
        else expect(distance).toBe(openness === 'closed' ? marks.closed : marks.open);
      }),
    );
  });
});

describe('the operations of front ends', () => {
  const operation = (name: string, ...gets: readonly string[]) => ({
    file: 'web.json',
    name,
    cost: 1,
    deprecated: [],
    verdicts: gets,
  });
  const registry = {
    columns: ['anonymous', 'ADMIN'],
    operations: [
      operation('Info', 'allowed', 'allowed'),
      operation('Users', 'refused: Query.users', 'allowed'),
      operation('Own', 'refused: Query.me', 'allowed, depends: policy'),
    ],
  };

  it.each([
    { viewer: undefined, outcome: undefined, text: '', shown: ['Own', 'Users', 'Info'] },
    { viewer: 'ADMIN', outcome: undefined, text: '', shown: ['Own', 'Info', 'Users'] },
    { viewer: 'ADMIN', outcome: 'closed', text: '', shown: [] },
    { viewer: undefined, outcome: 'closed', text: '', shown: ['Own', 'Users'] },
    { viewer: undefined, outcome: 'open', text: ' us', shown: ['Users'] },
  ] as const)('are $shown, the worst first, for $viewer, $outcome and "$text"', (asked) => {
    const { shown, ...filter } = asked;
    const { operations } = filterOperations(registry, filter);
    expect(operations.map(({ name }) => name)).toEqual(shown);
  });
});

describe('a comparison of two viewers', () => {
  it.each([
    { cells: ['yes', 'no'], says: 'A can do more than B by 1 rule, and less by 0 rules.' },
    { cells: ['no', 'SELF'], says: 'A can do more than B by 0 rules, and less by 1 rule.' },
    { cells: ['yes', 'SELF'], says: 'A can do more than B by 1 rule, and less by 0 rules.' },
    {
      cells: ['SELF', 'yes, 900 s'],
      says: 'A can do more than B by 0 rules, and less by 0 rules. 1 differs in its conditions.',
    },
  ])('says of $cells: $says', ({ cells, says }) => {
    const compared = { columns: ['A', 'B'], rows: [row('Query.info', '@auth', cells)] };
    expect(compareColumns(compared, 'A', 'B')).toBe(says);
  });
});

describe('a file of the matrix', () => {
  const hostile = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    'a "quoted", text',
    'two\nlines',
    'a | b',
  ];
  const written = { columns: ['ADMIN'], rows: hostile.map((text) => row(text, text, [text])) };

  it('as CSV has no field that a program for tables takes for a formula', () => {
    const [head, ...fields] = parseCsv(toCsv(written));
    expect(head).toEqual(['coordinate', 'requirement', 'ADMIN']);
    expect(fields).toEqual(
      hostile.map((text) => {
        const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
        return [safe, safe, safe];
      }),
    );
  });

  it('as Markdown has one line for each row, with the same number of cells', () => {
    const lines = toMarkdown(written, 'Access').trimEnd().split('\n').slice(2);
    expect(lines).toHaveLength(hostile.length + 2);
    for (const line of lines) expect(line.match(/(?<!\\)\|/g)).toHaveLength(4);
  });
});

/** Reads CSV of RFC 4180. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}

describe('the findings of the matrix', () => {
  it.each([
    { finding: 'anyone', shown: ['Query.info'] },
    { finding: 'every-user', shown: ['Query.user'] },
    { finding: 'one-group', shown: ['User.email'] },
    { finding: 'stale-writes', shown: [] },
  ] as const)('of $finding are $shown', ({ finding, shown }) => {
    expect(shownBy({ finding })).toEqual(shown);
  });

  it('are of the whole matrix, also where one viewer is shown', () => {
    expect(shownBy({ finding: 'one-group', viewer: 'anonymous' })).toEqual(['User.email']);
  });

  it('know writes that ask for no fresh log-in', () => {
    const rows = [
      row('Mutation.a', '@auth(requires: [ADMIN])', ['no', 'no', 'yes']),
      row('Mutation.b', '@auth(requires: [ADMIN], maxAge: 900)', ['no', 'no', 'yes, 900 s']),
      row('Mutation.a(id:)', '@auth(requires: [ADMIN])', ['no', 'no', 'yes']),
      row('Mutation.c', 'public', ['yes', 'yes', 'yes']),
    ];
    const found = filterMatrix({ ...matrix, rows }, { finding: 'stale-writes' });
    expect(found.rows.map(({ coordinate }) => coordinate)).toEqual(['Mutation.a']);
  });
});

describe('the groups of rows', () => {
  const rows = [
    row('Invoice.id', '@auth', ['no', 'yes', 'yes']),
    row('AuditEvent.id', '@auth', ['no', 'yes', 'yes']),
    row('Query.a', '@auth', ['no', 'yes', 'yes']),
    row('Query.b', 'public', ['yes', 'yes', 'yes']),
  ];

  it('are root types first, then those of the project, and the others apart', () => {
    const { own, others } = groupByType(rows, ['Invoice']);
    expect([own, others].map((groups) => groups.map(({ key }) => key))).toEqual([
      ['Query', 'Invoice'],
      ['AuditEvent'],
    ]);
  });

  it('are rules with the same cells, the odd ones last', () => {
    expect(
      groupByRule(rows).map((group) => group.rows.map(({ coordinate }) => coordinate)),
    ).toEqual([['Invoice.id', 'AuditEvent.id', 'Query.a'], ['Query.b']]);
  });
});

describe('the words of cells and verdicts', () => {
  it.each([
    ['yes', 'yes', 'open'],
    ['all', 'all rows', 'open, with every row'],
    ['no', 'no', 'closed'],
    ['yes, 900 s', '≤ 15 min', 'after a login of the last 15 min'],
    [
      'yes, 2 factors, 3600 s',
      '2 factors, ≤ 1 h',
      'with 2 factors confirmed; after a login of the last 1 h',
    ],
    ['SELF', 'SELF', 'only if SELF allows the viewer'],
    ['rows: OWN and (OPEN or ALL)', 'some rows', 'only rows that OWN and (OPEN or ALL) allows'],
    [
      'SELF, exists: Entry, Room',
      'SELF, some',
      'only if SELF allows the viewer; only values that the rules of Entry, Room leave',
    ],
    ['allowed', 'yes', 'open'],
    [
      'allowed, narrowed, maxAge 90',
      'some rows, ≤ 90 s',
      'only rows that rules allow; after a login of the last 90 s',
    ],
    [
      'allowed, depends: policy and id',
      'depends',
      'only if a policy allows the viewer and only for ids of rows that are visible to the viewer',
    ],
    ['refused: Query.users(all:)', 'no', 'denied at Query.users(all:)'],
  ])('says %j as %j', (text, short, full) => {
    expect(toWords(text)).toEqual({ short, full });
  });

  it('says something of its own for each part of a verdict', () => {
    fc.assert(
      fc.property(verdicts, (verdict) => {
        const { short, full } = toWords(verdict);
        expect(full).not.toMatch(/only if (?!a policy)/);
        expect(short.split(', ')).toHaveLength(full.split('; ').length);
      }),
    );
  });
});
