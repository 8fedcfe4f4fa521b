import type { Facts, Oracle } from './oracle.ts';
import type { Viewer, Wards } from './world.ts';

const missing = '019ab000-0000-7000-8000-0000000000ff';
const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
const toIds = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => ({ id }));

export const chunksOf = <Item>(items: readonly Item[], size: number): readonly Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** What a viewer got by one way, and what the oracle says. */
export interface Way {
  readonly way: string;
  readonly got: unknown;
  readonly expected: unknown;
}

interface Asking {
  readonly wards: Wards;
  readonly node: string;
  readonly viewer: Viewer;
  readonly facts: Facts;
  readonly oracle: Oracle;
}

/** Asks for everything by every way that the schema offers for reading. */
export async function readEveryWay(asking: Asking): Promise<readonly Way[]> {
  const ways = [
    readConnections,
    readCursors,
    readNodes,
    readHidden,
    readNested,
    readBackwards,
    readSearch,
    readCareless,
  ];
  return (await Promise.all(ways.map((read) => read(asking)))).flat();
}

const dataOf = async ({ wards, node, viewer }: Asking, query: string) =>
  (await wards.ask(query, viewer, { node })).data;

async function readConnections(asking: Asking): Promise<readonly Way[]> {
  const { viewer, oracle } = asking;
  const list = 'totalCount edges { node { id } }';
  const toPage = (rows: readonly { readonly id: string }[]) => ({
    totalCount: rows.length,
    edges: rows.map(({ id }) => ({ node: { id } })),
  });
  const [patients, notes] = [oracle.patientsOf(viewer), oracle.notesOf(viewer)].map(toPage);
  return [
    {
      way: 'connections, totals, aliases and a sum',
      got: await dataOf(
        asking,
        `{ patients(first: 100) { ${list} } first: notes(first: 100) { ${list} }
          second: notes(first: 100) { ...Page } noteCount }
        fragment Page on NoteConnection { ${list} }`,
      ),
      expected: {
        patients,
        first: notes,
        second: notes,
        noteCount: oracle.notesOf(viewer).length,
      },
    },
  ];
}

/** Walks all pages by their cursors. */
async function readCursors(asking: Asking): Promise<readonly Way[]> {
  const { viewer, oracle } = asking;
  const all = idsOf(oracle.notesOf(viewer));
  const walked: string[] = [];
  const totals = new Set<number>();
  let after: string | null = null;
  do {
    const { notes } = await dataOf(
      asking,
      `{ notes(first: 5${after === null ? '' : `, after: "${after}"`}) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }`,
    );
    walked.push(...notes.edges.map(({ node }: { node: { id: string } }) => node.id));
    totals.add(notes.totalCount);
    after = notes.pageInfo.hasNextPage ? notes.pageInfo.endCursor : null;
  } while (after !== null);
  return [
    { way: 'pages by cursor', got: walked, expected: all },
    { way: 'totals of pages', got: [...totals], expected: [all.length] },
  ];
}

async function readNodes(asking: Asking): Promise<readonly Way[]> {
  const { wards, viewer, facts, oracle, node } = asking;
  const patients = new Set(idsOf(oracle.patientsOf(viewer)));
  const notes = new Set(idsOf(oracle.notesOf(viewer)));
  const all = [...idsOf(facts.wards), ...idsOf(facts.patients), ...idsOf(facts.notes), missing];
  const kindOf = (id: string) => {
    if (patients.has(id)) return 'Patient';
    if (notes.has(id)) return 'Note';
    return facts.wards.some((ward) => ward.id === id) ? 'Ward' : undefined;
  };
  const toNode = (id: string) => {
    const __typename = kindOf(id);
    return __typename === undefined ? null : { __typename, id };
  };
  const several = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
  const { data } = await wards.ask(several, viewer, { node, variables: { ids: all } });
  const single: unknown[] = [];
  for (const ids of chunksOf(all, 8)) {
    const fields = ids.map(
      (id, index) => `n${index}: node(id: "${id}") { __typename ...P ... on Note { id } ...W }`,
    );
    const fragments = 'fragment P on Patient { id } fragment W on Ward { ... on Node { id } }';
    single.push(...Object.values(await dataOf(asking, `{ ${fields.join(' ')} } ${fragments}`)));
  }
  return [
    { way: 'nodes', got: data.nodes, expected: all.map(toNode) },
    { way: 'node', got: single, expected: all.map(toNode) },
  ];
}

/** Of rows that exist for others, the answer has the same bytes as for an id that does not exist. */
async function readHidden({ wards, viewer, facts, oracle, node }: Asking): Promise<readonly Way[]> {
  const hidden = [
    facts.patients.find((patient) => !oracle.seesPatient(viewer, patient)),
    facts.notes.find((note) => !oracle.seesNote(viewer, note)),
  ].flatMap((row) => (row === undefined ? [] : [row.id]));
  const textOf = async (id: string) =>
    (
      await wards.ask('query ($id: ID!) { node(id: $id) { __typename } }', viewer, {
        node,
        variables: { id },
      })
    ).text;
  const nothing = await textOf(missing);
  return [
    {
      way: 'the bytes of a hidden node',
      got: await Promise.all(hidden.map(textOf)),
      expected: hidden.map(() => nothing),
    },
  ];
}

/** Ward -> patients -> notes, and from each note back to its patient. */
async function readNested(asking: Asking): Promise<readonly Way[]> {
  const { viewer, facts, oracle } = asking;
  const patients = oracle.patientsOf(viewer);
  const notes = oracle.notesOf(viewer);
  return [
    {
      way: 'nested lists',
      got: await dataOf(
        asking,
        '{ wards { id patients { id ward { id } notes { id patient { id notes { id } } } } } }',
      ),
      expected: {
        wards: facts.wards.map(({ id }) => ({
          id,
          patients: patients
            .filter(({ wardId }) => wardId === id)
            .map((patient) => {
              const own = toIds(notes.filter(({ patientId }) => patientId === patient.id));
              const back = { id: patient.id, notes: own };
              return {
                id: patient.id,
                ward: { id },
                notes: own.map((note) => ({ ...note, patient: back })),
              };
            }),
        })),
      },
    },
  ];
}

/** From notes to their authors, and to all that those wrote; and to patients, who may be hidden. */
async function readBackwards(asking: Asking): Promise<readonly Way[]> {
  const { viewer, oracle } = asking;
  const notes = oracle.notesOf(viewer);
  const patients = new Set(idsOf(oracle.patientsOf(viewer)));
  const writtenBy = (userId: string) => toIds(notes.filter(({ authorId }) => authorId === userId));
  return [
    {
      way: 'inverse lists',
      got: await dataOf(
        asking,
        `{ me { notes { id } } notes(first: 100) {
          edges { node { id patient { id } author { id notes { id } } } } } }`,
      ),
      expected: {
        me: { notes: writtenBy(viewer.id) },
        notes: {
          edges: notes.map(({ id, patientId, authorId }) => ({
            node: {
              id,
              patient: patients.has(patientId) ? { id: patientId } : null,
              author: { id: authorId, notes: writtenBy(authorId) },
            },
          })),
        },
      },
    },
  ];
}

async function readSearch(asking: Asking): Promise<readonly Way[]> {
  const { viewer, oracle } = asking;
  const found = [
    ...idsOf(oracle.patientsOf(viewer)).map((id) => ({ __typename: 'Patient', id })),
    ...idsOf(oracle.notesOf(viewer)).map((id) => ({ __typename: 'Note', id })),
  ];
  return [
    {
      way: 'a search',
      got: await dataOf(
        asking,
        '{ search(text: "Patient") { __typename ... on Patient { id } ... on Note { id } } }',
      ),
      expected: { search: found },
    },
    {
      way: 'the types that a search finds',
      got: await dataOf(asking, '{ search(text: "Patient") { __typename } }'),
      expected: { search: found.map(({ __typename }) => ({ __typename })) },
    },
  ];
}

/** Fields whose resolvers read without a filter. */
async function readCareless(asking: Asking): Promise<readonly Way[]> {
  const { viewer, facts, oracle } = asking;
  const notes = oracle.notesOf(viewer);
  const patients = oracle.patientsOf(viewer);
  const some = facts.notes.slice(0, 8);
  const aliased = some.map(({ id }, index) => `n${index}: anyNote(id: "${id}") { id }`);
  const single = some.map((note, index) => {
    const shown = oracle.seesNote(viewer, note) ? { id: note.id } : null;
    return [`n${index}`, shown] as const;
  });
  return [
    {
      way: 'fields of resolvers that use no filter',
      got: await dataOf(asking, `{ ${aliased.join(' ')} anyPatients { id anyNotes { id } } }`),
      expected: {
        ...Object.fromEntries(single),
        anyPatients: patients.map(({ id }) => ({
          id,
          anyNotes: toIds(notes.filter(({ patientId }) => patientId === id)),
        })),
      },
    },
    {
      way: 'an interface of a resolver that uses no filter',
      got: (await dataOf(asking, '{ anyNodes { id } }')).anyNodes.length,
      expected: patients.length + notes.length,
    },
  ];
}
