import fc from 'fast-check';
import { describe, it } from 'vitest';
import { timesOf } from '../support/sample.ts';
import { forAll } from './property-run.ts';
import { type Call, createPlacesOracle, type NamedId, type Verdict } from './within-oracle.ts';
import { createWorld, type Person, rows, run } from './within-world.ts';

const world = createWorld();
const { exists, decideCalls } = createPlacesOracle({
  rows,
  groups: {
    OWNER: { within: 'Organization', implies: ['BILLING'] },
    BILLING: { within: 'Organization', implies: ['MEMBER'] },
    MEMBER: { within: 'Organization', implies: [] },
    EDITOR: { within: 'Project', implies: [] },
  },
  types: {
    Organization: { places: { Organization: 'id' }, rule: [{ groups: ['ADMIN', 'MEMBER'] }] },
    Invoice: {
      places: { Organization: 'organizationId' },
      rule: [{ groups: ['ACCOUNTANT', 'MEMBER'], customer: true }],
    },
    Project: {
      places: { Organization: 'organizationId', Project: 'id' },
      rule: [{ groups: ['MEMBER', 'EDITOR'] }],
    },
    Task: {
      places: { Organization: 'organizationId', Project: 'projectId' },
      rule: [{ groups: ['EDITOR', 'OWNER'] }],
    },
    Note: { places: {}, rule: [] },
  },
});

const places = (ids: readonly string[]) => fc.subarray([...ids]);
const persons: fc.Arbitrary<Person | undefined> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  {
    weight: 20,
    arbitrary: fc.record({
      groups: fc.subarray(['ADMIN', 'ACCOUNTANT', 'OWNER', 'MEMBER', 'EDITOR']),
      places: fc.record({
        OWNER: places(['a', 'b', 'pa']),
        BILLING: places(['a', 'b']),
        MEMBER: places(['a', 'b', 'c']),
        EDITOR: places(['pa', 'pb', 'a']),
      }),
      name: fc.constantFrom('cleo', 'ann', 'bo'),
      isFriend: fc.boolean(),
    }),
  },
);
const idOf = (type: string) =>
  fc.constantFrom(...(rows[type] ?? []).map(({ id }) => String(id)), 'none');
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { freq: 4 });

/** A call in a document, and what the oracle decides it by. */
interface Drawn {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly call: Call;
}

const billing = { groups: ['BILLING'] };
const owner = { groups: ['OWNER'] };
const invoice = (id: unknown): NamedId => ({ type: 'Invoice', id });

const calls: fc.Arbitrary<Drawn> = fc.oneof(
  idOf('Invoice').map((id) => ({
    text: 'mutation ($id: ID!) { payInvoice(id: $id) { __typename } }',
    variables: { id },
    call: { clauses: [{ groups: ['BILLING', 'ACCOUNTANT'] }], ids: [invoice(id)] },
  })),
  maybe(fc.array(idOf('Invoice'), { maxLength: 4 })).map((ids) => ({
    text: 'mutation ($ids: [ID!]) { payAll(ids: $ids) }',
    variables: { ids },
    call: { clauses: [billing], ids: (ids ?? []).map(invoice) },
  })),
  fc.tuple(idOf('Invoice'), idOf('Organization')).map(([id, to]) => ({
    text: `mutation { moveInvoice(id: "${id}", to: "${to}") }`,
    variables: {},
    call: {
      clauses: [billing],
      ids: [
        { type: 'Invoice', id, clauses: [owner] },
        { type: 'Organization', id: to },
      ],
    },
  })),
  fc
    .record(
      { from: maybe(idOf('Invoice')), into: fc.array(idOf('Invoice'), { maxLength: 3 }) },
      { requiredKeys: [] },
    )
    .map((input) => ({
      text: 'mutation ($input: MergeInput!) { merge(input: $input) }',
      variables: { input },
      call: {
        clauses: [{ groups: ['MEMBER'] }],
        ids: [
          ...(input.into ?? []).map(invoice),
          ...('from' in input ? [{ type: 'Invoice', id: input.from, clauses: [owner] }] : []),
        ],
      },
    })),
  fc
    .tuple(
      idOf('Invoice'),
      fc.record(
        { organizationId: maybe(idOf('Organization')), note: fc.constant('x') },
        { requiredKeys: [] },
      ),
    )
    .map(([id, patch]) => ({
      text: 'mutation ($id: ID!, $patch: Patch!) { update(id: $id, patch: $patch) }',
      variables: { id, patch },
      call: {
        clauses: [billing, ...('note' in patch ? [owner] : [])],
        ids: [invoice(id), { type: 'Organization', id: patch.organizationId }],
      },
    })),
  idOf('Task').map((id) => ({
    text: `mutation { closeTask(id: "${id}") }`,
    variables: {},
    call: { clauses: [{ groups: ['EDITOR', 'OWNER'] }], ids: [{ type: 'Task', id }] },
  })),
  fc.tuple(idOf('Invoice'), maybe(idOf('Note'))).map(([id, note]) => ({
    text: 'mutation ($id: ID!, $note: ID) { share(id: $id, note: $note) }',
    variables: { id, note },
    call: {
      clauses: [{ groups: ['BILLING'], friend: true as const }],
      ids: [invoice(id), { type: 'Note', id: note }],
    },
  })),
);

const verdictOf = (status: number): Verdict =>
  status === 401 || status === 403 || status === 404 ? status : 'done';

const file = 'test/authorization/within.properties.test.ts';

describe('groups in places', () => {
  it('decide each call as the contract says it, and nothing runs of what is refused', async () => {
    const tally = { done: 0, 401: 0, 403: 0, 404: 0 };
    await forAll({
      file,
      arbitrary: fc.record({ person: persons, drawn: calls }),
      numRuns: timesOf(40_000, 800),
      tally,
      isEnough: () => Object.values(tally).every((count) => count >= 10),
      check: async ({ person, drawn: { text, variables, call } }) => {
        const { status, calls: made } = await run(world, person, text, { variables });
        const expected = decideCalls(person, [call]);
        tally[expected] += 1;
        const found = verdictOf(status);
        if (found !== expected) return `is ${found}, and the contract says ${expected}`;
        const hasRun = made.some((each) => each.startsWith('Mutation.'));
        return hasRun === (status === 200)
          ? undefined
          : `was answered ${status}, and ran: ${hasRun}`;
      },
    });
  });

  it('show the rows that exist by the contract, on each way to them', async () => {
    const text =
      '{ organizations { id } invoices { id } projects { id tasks { id } } documents { id } }';
    await forAll({
      file,
      arbitrary: persons,
      numRuns: timesOf(2_000, 100),
      check: async (person) => {
        const { status, data } = await run(world, person, text);
        if (person === undefined) return status === 401 ? undefined : `is ${status}`;
        const shown = (...types: readonly string[]) =>
          types.flatMap((type) =>
            (rows[type] ?? []).filter((row) => exists(person, type, row)).map(({ id }) => ({ id })),
          );
        const isOf = (project: unknown) => (task: { readonly id: unknown }) =>
          String(task.id).at(-1) === String(project).at(-1);
        const expected = {
          organizations: shown('Organization'),
          invoices: shown('Invoice'),
          projects: shown('Project').map(({ id }) => ({
            id,
            tasks: shown('Task').filter(isOf(id)),
          })),
          documents: shown('Invoice', 'Task'),
        };
        const [is, should] = [JSON.stringify(data), JSON.stringify(expected)];
        return is === should ? undefined : `shows ${is}, and the contract says ${should}`;
      },
    });
  });
});
