import { createAuthorization } from '@graphql-gatehouse/authorization';
import {
  createAccessMatrix,
  explain,
  printExplanation,
  printFederationSchema,
} from '@graphql-gatehouse/authorization/reports';
import { graphql, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  createFindRule,
  decideRequirement,
} from '../../packages/authorization/src/decision/index.ts';
import { opensCell } from '../../packages/authorization/src/reports/cell-openness.ts';
import { compileRules } from '../../packages/authorization/src/rules/compile-rules.ts';
import {
  type Answer,
  buildWorldSchema,
  createWorld,
  options,
  type Person,
  run,
  viewerFrom,
  type WorldContext,
} from './within-world.ts';

const world = createWorld();
const billingOfA: Person = { places: { BILLING: ['a'], MEMBER: ['b'] } };
const ownerOfA: Person = { places: { OWNER: ['a'] } };
const memberOfA: Person = { places: { MEMBER: ['a'] } };
const stranger: Person = {};

const ask = (person: Person | undefined, text: string, variables = {}) =>
  run(world, person, text, { variables });

/** An answer that says that nothing was done. */
const refusedWith = (status: number, ...errors: readonly object[]) => ({
  status,
  data: undefined,
  errors: errors.map((error) => expect.objectContaining(error)),
});

const didNothing = ({ calls }: Answer): boolean => calls.every((call) => call.startsWith('read'));

describe('a rule of a type with a group that is held in places', () => {
  it('shows the rows of these places in lists, and none to who holds nothing', async () => {
    const text = '{ organizations { id } projects { id } }';
    expect(await ask(memberOfA, text)).toMatchObject({
      status: 200,
      data: { organizations: [{ id: 'a' }], projects: [{ id: 'pa' }] },
    });
    expect(await ask(billingOfA, '{ organizations { id } }')).toMatchObject({
      data: { organizations: [{ id: 'a' }, { id: 'b' }] },
    });
    expect(await ask(stranger, text)).toMatchObject({
      status: 200,
      data: { organizations: [], projects: [] },
    });
  });

  it('shows all rows to who holds a global group of the clause, and those of `rows` to others', async () => {
    const text = '{ invoices { id } }';
    const idsFor = async (person: Person) =>
      Object(await ask(person, text)).data.invoices.map(({ id }: { id: string }) => id);
    expect(await idsFor({ groups: ['ACCOUNTANT'] })).toEqual(['ia', 'ia2', 'ib', 'in']);
    expect(await idsFor({ name: 'cleo' })).toEqual(['ia', 'ib', 'in']);
    expect(await idsFor({ ...memberOfA, name: 'cleo' })).toEqual(['ia', 'ia2', 'ib', 'in']);
    expect(await idsFor(memberOfA)).toEqual(['ia', 'ia2']);
  });

  it('hides a row as if it did not exist', async () => {
    const answer = await ask(memberOfA, '{ invoice(id: "ib") { id } }');
    expect(answer).toMatchObject({ status: 200, data: { invoice: null } });
    const missing = await ask(memberOfA, '{ invoice(id: "none") { id } }');
    expect({ ...answer, calls: [] }).toEqual({ ...missing, calls: [] });
  });

  it('is met in any of the places that a row is in', async () => {
    const text = '{ projects { id tasks { id } } documents { __typename id } }';
    const editorOfB: Person = { places: { EDITOR: ['pb'] } };
    expect(await ask(editorOfB, text)).toMatchObject({
      data: {
        projects: [{ id: 'pb', tasks: [{ id: 'tb' }] }],
        documents: [{ __typename: 'Task', id: 'tb' }],
      },
    });
    expect(await ask(ownerOfA, text)).toMatchObject({
      data: {
        projects: [{ id: 'pa', tasks: [{ id: 'ta' }] }],
        documents: [{ id: 'ia' }, { id: 'ia2' }, { id: 'ta' }],
      },
    });
  });

  it('is not met by a group of the same name in another type, or by a global one', async () => {
    const text = '{ organizations { id } projects { id } invoices { id } }';
    const mistaken: Person = { groups: ['OWNER', 'MEMBER', 'EDITOR'], places: { EDITOR: ['a'] } };
    expect(await ask(mistaken, text)).toMatchObject({
      data: { organizations: [], projects: [], invoices: [] },
    });
  });
});

describe('a field whose clause names a group that is held in places', () => {
  it('is decided by the place of its parent, and refuses the whole query', async () => {
    const text = '{ invoices { id totalCents } }';
    expect(await ask(billingOfA, text)).toMatchObject(
      refusedWith(403, {
        code: 'FORBIDDEN',
        reason: 'GROUP_REQUIRED',
        coordinate: 'Invoice.totalCents',
        requires: [['BILLING']],
        within: { type: 'Organization' },
      }),
    );
    expect(await ask({ places: { BILLING: ['a'] } }, text)).toMatchObject({
      status: 200,
      data: { invoices: [{ totalCents: 1 }, { totalCents: 2 }] },
    });
  });

  it('is null alone, where it is nullable', async () => {
    const answer = await ask(billingOfA, '{ invoices { id money { cents } } }');
    expect(answer.status).toBe(403);
    const lenient = await run(world, billingOfA, '{ invoices { id money { cents } } }', {
      prefer: 'handling=lenient',
    });
    expect(lenient).toMatchObject({
      status: 200,
      data: {
        invoices: [
          { id: 'ia', money: { cents: 1 } },
          { id: 'ia2', money: { cents: 2 } },
          { id: 'ib', money: null },
        ],
      },
    });
  });

  it('is refused before anything runs to who holds the group in no place', async () => {
    const answer = await ask(memberOfA, '{ invoices { id totalCents } notes { id } }');
    expect(answer).toMatchObject(
      refusedWith(403, { reason: 'GROUP_REQUIRED', within: { type: 'Organization' } }),
    );
    expect(answer.calls).toEqual([]);
  });

  it('asks its policies as before', async () => {
    const text = '{ invoices { audit } }';
    expect(await ask({ ...memberOfA, isFriend: true }, text)).toMatchObject({
      data: { invoices: [{ audit: 'seen' }, { audit: 'seen' }] },
    });
    const denied = { reason: 'POLICY_DENIED', coordinate: 'Invoice.audit' };
    expect(await ask(memberOfA, text)).toMatchObject(refusedWith(403, denied, denied));
    expect(await ask(ownerOfA, text)).toMatchObject({ status: 200 });
  });

  it('needs the group in the place of its parent and of the rows that its ids name', async () => {
    const text = (organization: string, invoice: string) =>
      `{ organization(id: "${organization}") { invoice(id: "${invoice}") { id } } }`;
    expect(await ask(billingOfA, text('a', 'ia'))).toMatchObject({ status: 200 });
    expect(await ask(billingOfA, text('a', 'ib'))).toMatchObject(
      refusedWith(403, {
        coordinate: 'Organization.invoice',
        within: { type: 'Organization', argument: 'id' },
      }),
    );
    expect(await ask(billingOfA, text('b', 'ia'))).toMatchObject(
      refusedWith(403, { coordinate: 'Organization.invoice', within: { type: 'Organization' } }),
    );
    expect(await ask({ places: { BILLING: ['a', 'b'] } }, text('b', 'ia'))).toMatchObject({
      status: 200,
    });
  });
});

describe('a call whose clause names a group that is held in places', () => {
  const pay = (id: string) => `mutation { payInvoice(id: "${id}") { id } }`;

  it('is decided by the place of the row that its id names', async () => {
    expect(await ask(billingOfA, pay('ia'))).toMatchObject({
      status: 200,
      data: { payInvoice: { id: 'ia' } },
    });
    const refused = await ask(billingOfA, pay('ib'));
    expect(refused).toMatchObject(
      refusedWith(403, {
        code: 'FORBIDDEN',
        reason: 'GROUP_REQUIRED',
        coordinate: 'Mutation.payInvoice',
        requires: [['ACCOUNTANT', 'BILLING']],
        within: { type: 'Organization', argument: 'id' },
      }),
    );
    expect(didNothing(refused)).toBe(true);
  });

  it('finds no row that is hidden, and reads nothing for who holds the group nowhere', async () => {
    expect(await ask({ places: { BILLING: ['a'] } }, pay('ib'))).toMatchObject(
      refusedWith(404, { code: 'NOT_FOUND' }),
    );
    const nowhere = await ask(memberOfA, pay('ia'));
    expect(nowhere).toMatchObject(refusedWith(403, { reason: 'GROUP_REQUIRED' }));
    expect(nowhere.calls).toEqual([]);
    expect(await ask(undefined, pay('ia'))).toMatchObject(refusedWith(401, {}));
  });

  it('is open to a global group of the clause', async () => {
    expect(await ask({ groups: ['ACCOUNTANT'] }, pay('ib'))).toMatchObject({ status: 200 });
  });

  it('is refused where an id names a row in no place, or nothing is named', async () => {
    const cleo: Person = { ...billingOfA, name: 'cleo' };
    expect(await ask(cleo, pay('in'))).toMatchObject(
      refusedWith(403, { within: { type: 'Organization', argument: 'id' } }),
    );
    const all = 'mutation ($ids: [ID!]) { payAll(ids: $ids) }';
    for (const variables of [{}, { ids: null }, { ids: [] }]) {
      const answer = await ask(billingOfA, all, variables);
      expect(answer).toMatchObject(
        refusedWith(403, {
          reason: 'GROUP_REQUIRED',
          coordinate: 'Mutation.payAll',
          within: { type: 'Organization' },
        }),
      );
      expect(didNothing(answer)).toBe(true);
    }
    expect(await ask(billingOfA, '{ report }')).toMatchObject(refusedWith(403, {}));
    expect(await ask(billingOfA, '{ report(organizationId: "a") }')).toMatchObject({ status: 200 });
  });

  it('must hold for every row that a list names', async () => {
    const all = 'mutation ($ids: [ID!]) { payAll(ids: $ids) }';
    expect(await ask(billingOfA, all, { ids: ['ia', 'ia2'] })).toMatchObject({ status: 200 });
    expect(await ask(billingOfA, all, { ids: ['ia', 'ib'] })).toMatchObject(
      refusedWith(403, { within: { type: 'Organization', argument: 'ids.1' } }),
    );
  });

  it('is decided for each id, and for the one with a clause by that too', async () => {
    const move = (id: string, to: string) => `mutation { moveInvoice(id: "${id}", to: "${to}") }`;
    const both: Person = { places: { OWNER: ['a'], BILLING: ['b'] } };
    expect(await ask(both, move('ia', 'b'))).toMatchObject({ status: 200 });
    expect(await ask(both, move('ib', 'a'))).toMatchObject(
      refusedWith(403, {
        coordinate: 'Mutation.moveInvoice(id:)',
        requires: [['OWNER']],
        within: { type: 'Organization', argument: 'id' },
      }),
    );
    const ofBoth: Person = { places: { OWNER: ['a'], MEMBER: ['b'] } };
    expect(await ask(ofBoth, move('ia', 'b'))).toMatchObject(
      refusedWith(403, {
        coordinate: 'Mutation.moveInvoice',
        within: { type: 'Organization', argument: 'to' },
      }),
    );
  });

  it('is decided for ids in input objects and lists of them', async () => {
    const person: Person = { places: { OWNER: ['a'], MEMBER: ['b'] } };
    const merge = 'mutation ($input: MergeInput!) { merge(input: $input) }';
    expect(await ask(person, merge, { input: { from: 'ia', into: ['ib', 'ia'] } })).toMatchObject({
      status: 200,
    });
    expect(await ask(person, merge, { input: { from: 'ib', into: ['ia'] } })).toMatchObject(
      refusedWith(403, {
        coordinate: 'MergeInput.from',
        within: { type: 'Organization', argument: 'input.from' },
      }),
    );
    expect(await ask(person, merge, { input: { from: null, into: ['ia'] } })).toMatchObject(
      refusedWith(403, { coordinate: 'MergeInput.from' }),
    );
    const merges = 'mutation ($inputs: [MergeInput!]) { merges(inputs: $inputs) }';
    expect(await ask(person, merges, { inputs: [{ from: 'ia' }, { from: 'ib' }] })).toMatchObject(
      refusedWith(403, { within: { type: 'Organization', argument: 'inputs.1.from' } }),
    );
  });

  it('is decided for another place that a patch names, and by all ids for a plain input', async () => {
    const update = 'mutation ($id: ID!, $patch: Patch!) { update(id: $id, patch: $patch) }';
    expect(
      await ask(billingOfA, update, { id: 'ia', patch: { organizationId: 'b' } }),
    ).toMatchObject(
      refusedWith(403, { within: { type: 'Organization', argument: 'patch.organizationId' } }),
    );
    expect(await ask(billingOfA, update, { id: 'ia', patch: {} })).toMatchObject({ status: 200 });
    const owner: Person = { places: { OWNER: ['a'], BILLING: ['b'] } };
    expect(await ask(owner, update, { id: 'ia', patch: { note: 'x' } })).toMatchObject({
      status: 200,
    });
    expect(await ask(owner, update, { id: 'ib', patch: { note: 'x' } })).toMatchObject(
      refusedWith(403, {
        coordinate: 'Patch.note',
        requires: [['OWNER']],
        within: { type: 'Organization', argument: 'id' },
      }),
    );
  });

  it('does not count rows that are within nothing, and keeps the answer of a policy', async () => {
    const share = 'mutation ($id: ID!, $note: ID) { share(id: $id, note: $note) }';
    expect(await ask(billingOfA, share, { id: 'ia', note: 'n' })).toMatchObject({ status: 200 });
    expect(await ask(billingOfA, share, { id: 'ib', note: 'n' })).toMatchObject(
      refusedWith(403, { reason: 'POLICY_DENIED' }),
    );
    expect(await ask({ ...billingOfA, isFriend: true }, share, { id: 'ib' })).toMatchObject({
      status: 200,
    });
    expect(await ask({ ...memberOfA, isFriend: true }, share, { id: 'ia' })).toMatchObject({
      status: 200,
    });
  });

  it('is met in any of the places of a row', async () => {
    const close = (id: string) => `mutation { closeTask(id: "${id}") }`;
    expect(await ask({ places: { EDITOR: ['pa'] } }, close('ta'))).toMatchObject({ status: 200 });
    expect(await ask(ownerOfA, close('ta'))).toMatchObject({ status: 200 });
    expect(await ask({ places: { EDITOR: ['pa'] } }, close('tb'))).toMatchObject(
      refusedWith(404, {}),
    );
  });
});

describe('an argument without an id, below the root', () => {
  it('is decided by the place of the parent', async () => {
    const text = '{ organizations { count(all: true) } }';
    expect(await ask(ownerOfA, text)).toMatchObject({ data: { organizations: [{ count: 2 }] } });
    expect(await ask({ places: { OWNER: ['a'], MEMBER: ['b'] } }, text)).toMatchObject(
      refusedWith(403, { coordinate: 'Organization.count(all:)' }),
    );
    expect(await ask(billingOfA, '{ organizations { count } }')).toMatchObject({ status: 200 });
  });
});

describe('the guarded schema alone', () => {
  const execute = async (person: Person, text: string) => {
    const contextValue: WorldContext = { person, calls: [] };
    const result = await graphql({ schema: world.schema, source: text, contextValue });
    return { ...result, calls: contextValue.calls };
  };

  it('reads the rows that ids name before a resolver, and decides by their places', async () => {
    const allowed = await execute(billingOfA, 'mutation { payAll(ids: ["ia"]) }');
    expect(allowed).toMatchObject({ data: { payAll: true } });
    for (const text of [
      'mutation { payAll(ids: ["ia", "ib"]) }',
      'mutation { payAll(ids: []) }',
      'mutation { payAll }',
      'mutation { moveInvoice(id: "ib", to: "a") }',
      'mutation { update(id: "ia", patch: { organizationId: "b" }) }',
    ]) {
      const { errors, calls } = await execute(billingOfA, text);
      expect(errors?.[0]?.extensions, text).toMatchObject({ code: 'FORBIDDEN' });
      expect(
        calls.every((call) => call.startsWith('read')),
        text,
      ).toBe(true);
    }
  });

  it('passes no root value of a host to the policies of a call', async () => {
    const sources: unknown[] = [];
    const FRIEND = (_viewer: unknown, source: unknown) => sources.push(source) > 0;
    const policies = { ...options.policies, FRIEND };
    const { schema } = createAuthorization(buildWorldSchema(), { ...options, policies });
    const { data } = await graphql({
      schema,
      source: 'mutation { share(id: "ib") }',
      rootValue: { isTrusted: true },
      contextValue: { person: billingOfA, calls: [] },
    });
    expect(data).toEqual({ share: true });
    expect(sources).toEqual([undefined]);
  });

  it('decides fields by the places of their parents', async () => {
    const { data, errors } = await execute(billingOfA, '{ invoices { id money { cents } } }');
    expect(data?.invoices).toMatchObject([{ id: 'ia' }, { id: 'ia2' }, { id: 'ib', money: null }]);
    expect(errors).toHaveLength(1);
  });
});

describe('a subscription', () => {
  const text = 'subscription { paid(organizationId: "a") }';

  it('gets no event after the group is lost in its place, though it is held in another', async () => {
    const contextValue: WorldContext = { person: ownerOfA, calls: [] };
    const document = parse(text);
    async function* source() {
      yield 1;
      contextValue.person = { places: { BILLING: ['b'], MEMBER: ['a'] } };
      yield 2;
    }
    const opened = createWorld(() => source());
    const request = { document, operationName: undefined, variableValues: {}, contextValue };
    expect(await opened.authorizeOperation(request)).toEqual([]);
    const events = await opened.subscribe({ schema: opened.schema, ...request });
    const seen: unknown[] = [];
    if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
    for await (const { data, errors } of events) seen.push(data ?? errors?.[0]?.extensions.reason);
    expect(seen[0]).toEqual({ paid: 1 });
    expect(JSON.stringify(seen.slice(1))).not.toContain('2');
  });

  it('is not opened in another place', async () => {
    const other: Person = { places: { BILLING: ['b'], MEMBER: ['a'] } };
    const contextValue: WorldContext = { person: other, calls: [] };
    const document = parse(text);
    const request = { document, operationName: undefined, variableValues: {}, contextValue };
    expect(await world.authorizeOperation(request)).toMatchObject([
      { extensions: { reason: 'GROUP_REQUIRED', within: { argument: 'organizationId' } } },
    ]);
  });
});

describe('what a viewer can see', () => {
  const fieldsFor = (person: Person) =>
    Object.keys(world.visibleTo(viewerFrom(person)).getMutationType()?.getFields() ?? {});

  it('is what the group admits to in any place, whichever it is', () => {
    expect(fieldsFor(stranger)).not.toContain('payAll');
    expect(fieldsFor(memberOfA)).not.toContain('payAll');
    expect(fieldsFor(ownerOfA)).toContain('payAll');
    expect(fieldsFor({ places: { BILLING: ['b'] } })).toContain('payAll');
    expect(fieldsFor({ groups: ['BILLING'] })).not.toContain('payAll');
  });

  it('says where a group counts', () => {
    const { Mutation, Invoice } = world.schema.getTypeMap();
    expect(isObjectType(Mutation) && Mutation.getFields().payInvoice?.description).toBe(
      'For ACCOUNTANT, or BILLING in its Organization.',
    );
    expect(Invoice?.description).toBe(
      'For any authenticated viewer. Rows: all for ACCOUNTANT, else those of CUSTOMER or MEMBER in Organization (organizationId).',
    );
  });
});

describe('a group that is withheld in a place', () => {
  it('asks for the proof, whatever place is named', async () => {
    const person: Person = { places: { MEMBER: ['a', 'b'] }, withheld: { BILLING: ['a'] } };
    const answer = await ask(person, 'mutation { payAll(ids: ["ib"]) }');
    expect(answer).toMatchObject(
      refusedWith(401, { code: 'UNAUTHENTICATED', reason: 'FACTORS_MISSING', factors: 2 }),
    );
    expect(answer.calls).toEqual([]);
    expect(await ask(person, '{ invoices { id } }')).toMatchObject({
      data: { invoices: [{ id: 'ia' }, { id: 'ia2' }, { id: 'ib' }] },
    });
  });
});

describe('a decision alone', () => {
  it('reads the rows, and says what their places can still deny', async () => {
    const decide = async (person: Person, text: string) => {
      const { extensions, calls } = await run(world, person, text, { prefer: 'decide-only' });
      expect(calls.every((call) => call.startsWith('read'))).toBe(true);
      return Object(extensions).decision;
    };
    expect(await decide(billingOfA, 'mutation { payAll(ids: ["ia"]) }')).toMatchObject({
      allowed: true,
      depends: [],
    });
    expect(await decide(billingOfA, 'mutation { payAll(ids: ["ib"]) }')).toMatchObject({
      allowed: false,
      denials: [{ reason: 'GROUP_REQUIRED', within: { type: 'Organization', argument: 'ids.0' } }],
    });
    expect(await decide(billingOfA, '{ invoices { totalCents } }')).toMatchObject({
      allowed: true,
      depends: ['Invoice.totalCents'],
      narrowed: ['Query.invoices'],
    });
  });
});

describe('a front end', () => {
  const find = createFindRule(
    compileRules({ schema: world.source, requirements: world.requirements }),
  );
  const outcomeOf = (coordinate: string, person: Person) => {
    const { groups } = Object(viewerFrom(person));
    const { requirement = [] } = find(coordinate) ?? {};
    return decideRequirement(requirement, { isAuthenticated: true, groups });
  };

  it('does not know the places of its viewer, so that the server decides', () => {
    expect(outcomeOf('Mutation.payAll', ownerOfA)).toBe('depends');
    expect(outcomeOf('Mutation.payAll', { groups: ['BILLING'] })).toBe('depends');
    expect(outcomeOf('Mutation.payInvoice', { groups: ['ACCOUNTANT'] })).toBe('allowed');
    expect(outcomeOf('Invoice', stranger)).toBe('narrowed');
  });
});

describe('reports', () => {
  const { columns, rows } = createAccessMatrix(world.source, world.requirements);
  const cellsOf = (coordinate: string) => {
    const { texts = [] } = rows.find((row) => row.coordinate === coordinate) ?? {};
    return Object.fromEntries(columns.map((column, index) => [column, texts[index]]));
  };

  it('has a column for a group and its places, which says where they come from', () => {
    expect(columns).toEqual([
      'anonymous',
      'authenticated',
      'ADMIN',
      'ACCOUNTANT',
      'OWNER in Organization',
      'BILLING in Organization',
      'MEMBER in Organization',
      'EDITOR in Project',
    ]);
    expect(cellsOf('Mutation.moveInvoice')).toMatchObject({
      ADMIN: 'no',
      'OWNER in Organization': 'of id, to',
      'BILLING in Organization': 'of id, to',
      'MEMBER in Organization': 'no',
    });
    expect(cellsOf('Mutation.moveInvoice(id:)')).toMatchObject({
      'OWNER in Organization': 'of id, exists: Invoice',
      'BILLING in Organization': 'no',
    });
    expect(cellsOf('Invoice.totalCents')).toMatchObject({
      'BILLING in Organization': 'of its Invoice',
      'EDITOR in Project': 'no',
    });
    expect(cellsOf('Invoice')).toMatchObject({
      ACCOUNTANT: 'all',
      'MEMBER in Organization': 'rows: CUSTOMER or MEMBER in Organization (organizationId)',
    });
    expect(cellsOf('Mutation.share')).toMatchObject({
      ADMIN: 'FRIEND',
      'BILLING in Organization': 'of id',
    });
  });

  it('prints the clauses as they are written', () => {
    const requirementOf = (coordinate: string) =>
      rows.find((row) => row.coordinate === coordinate)?.requirement;
    expect(requirementOf('Invoice')).toBe(
      '@auth(requires: [ACCOUNTANT, MEMBER], rows: [CUSTOMER])',
    );
    expect(requirementOf('Project')).toBe('@auth(requires: [MEMBER, EDITOR])');
  });

  it('compares a group that is lost for another place', () => {
    expect(opensCell('of id', 'no')).toBe(false);
    expect(opensCell('of id, to', 'of id')).toBe(true);
    expect(opensCell('of id', 'of id, to')).toBe(false);
    expect(opensCell('of id', 'yes')).toBe(true);
  });

  it('explains what a place decides', () => {
    const explained = (groups: readonly string[]) =>
      printExplanation(
        explain({
          schema: world.source,
          requirements: world.requirements,
          document: parse('{ invoices { totalCents } }'),
          groups,
        }),
      ).join('\n');
    expect(explained(['MEMBER'])).toContain('denied by @auth(requires: [BILLING])');
    expect(explained(['BILLING'])).toContain(
      'depends on BILLING in its Organization, evaluated while it runs',
    );
  });

  it('gives a router @authenticated', () => {
    const text = printFederationSchema(world.source, world.requirements);
    expect(text).toContain('payAll(ids: [ID!]): Boolean @authenticated');
    expect(text).not.toContain('BILLING');
  });
});
