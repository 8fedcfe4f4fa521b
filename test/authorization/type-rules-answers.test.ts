import { setImmediate } from 'node:timers/promises';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createRowsWorld, type Filter, type NamedViewer, named, policies } from './rows-world.ts';
import { ada, bySelf, other, own } from './rule-attacks.ts';

const sdl = `
  interface Node { id: ID }
  type Note implements Node @auth(rows: [SELF]) @auth(rows: [BOSS, SELF]) {
    id: ID, same: Note, as(name: String): Note, become(owner: String): Note
  }
  type Edge { node: Note }
  type Notes { edges: [Edge], nodes: [Note], late: [Note] }
  type Query { one: Note @auth, list: [Note!]! @auth, node: Node @auth, notes: Notes @auth }
  type Mutation { touch: Note @auth }
  type Subscription { touched: Note @auth }
`;

/** A world with one note, whose policies record what they are asked. */
function countedWorld({ isLate = false } = {}) {
  const note = { ...own };
  const asked: string[] = [];
  const answer = (name: string, admits: boolean) => {
    asked.push(name);
    return isLate ? setImmediate(admits) : admits;
  };
  const notes = { edges: [{ node: note }], nodes: [note], late: () => [note] };
  const { authorization } = createRowsWorld({
    sdl,
    policies: {
      ...policies,
      SELF: {
        reads: ['owner'],
        admits: ({ name = '' }, { owner }) => answer(`SELF ${name}`, owner === name),
        where: ({ name = '' }: NamedViewer): Filter => ({ owner: name }),
      },
      BOSS: { reads: ['id'], admits: () => answer('BOSS', false), where: () => ({ maxId: 0 }) },
    },
    resolvers: (filterOf) => ({
      Node: { __resolveType: () => 'Note' },
      Note: {
        same: () => note,
        as(_source, { name }, context) {
          Object.assign(context, { viewer: named(name) });
          return note;
        },
        become: (_source, { owner }) => Object.assign(note, { owner }),
      },
      Query: {
        one: () => note,
        list: () => [note, Promise.resolve(note), note],
        node: () => note,
        notes(_source, _args, _context, info) {
          filterOf(info);
          return notes;
        },
      },
      Mutation: {
        touch: () => note,
      },
      Subscription: {
        touched: {
          async *subscribe() {
            for (const touched of [note, note]) yield { touched };
          },
        },
      },
    }),
  });
  const run = async (text: string, viewer: NamedViewer = ada) => {
    const document = parse(text);
    const { schema } = authorization;
    const result = await execute({ schema, document, contextValue: { viewer } });
    return JSON.parse(JSON.stringify(result));
  };
  return { authorization, asked, run };
}

const everyWay = `{
  one { id same { id same { id } } } other: one { id } list { id } node { __typename }
  notes { edges { node { id } } nodes { id } late { id } }
}`;

describe.each([{ isLate: false }, { isLate: true }])(
  'the answer of a policy about an object (late: $isLate)',
  ({ isLate }) => {
    it('is kept in one execution, on whatever ways the object is delivered', async () => {
      const { asked, run } = countedWorld({ isLate });
      expect(await run(everyWay)).toEqual({
        data: {
          one: { id: '1', same: { id: '1', same: { id: '1' } } },
          other: { id: '1' },
          list: [{ id: '1' }, { id: '1' }, { id: '1' }],
          node: { __typename: 'Note' },
          notes: {
            edges: [{ node: { id: '1' } }],
            nodes: [{ id: '1' }],
            late: [{ id: '1' }],
          },
        },
      });
      expect(asked.toSorted()).toEqual(['BOSS', 'SELF ada']);
    });

    it('is kept also where it hides the object', async () => {
      const { asked, run } = countedWorld({ isLate });
      const { data } = await run('{ one { id } list { id } node { id } }', named('bob'));
      expect(data).toEqual({ one: null, list: [], node: null });
      expect(asked).toEqual(['SELF bob']);
    });

    it('is kept in compiled execution', async () => {
      const { authorization, asked } = countedWorld({ isLate });
      const { schema } = authorization;
      const document = parse(everyWay);
      const contextValue = { viewer: ada };
      await authorization.execute({ schema, document, contextValue, operationName: 'unknown' });
      const { errors } = await authorization.execute({ schema, document, contextValue });
      expect(errors).toBe(undefined);
      expect(asked.toSorted()).toEqual(['BOSS', 'SELF ada']);
    });

    it('is kept until the next root field of a mutation, which may have changed the object', async () => {
      const { asked, run } = countedWorld({ isLate });
      await run('mutation { a: touch { id same { id } } b: touch { id same { id } } }');
      expect(asked.toSorted()).toEqual(['BOSS', 'BOSS', 'SELF ada', 'SELF ada']);
    });

    it('is no answer in another execution with the same context', async () => {
      const { asked, run } = countedWorld({ isLate });
      await Promise.all([run('{ one { id } }', ada), run('{ one { id } }', ada)]);
      expect(asked.toSorted()).toEqual(['BOSS', 'BOSS', 'SELF ada', 'SELF ada']);
    });

    it('is no answer for the next event', async () => {
      const { authorization, asked } = countedWorld({ isLate });
      const events = await authorization.subscribe({
        schema: authorization.schema,
        document: parse('subscription { touched { id same { id } } }'),
        eventContext: async () => ({ viewer: ada }),
        contextValue: { viewer: ada },
      });
      const results: unknown[] = [];
      if (Symbol.asyncIterator in events) for await (const each of events) results.push(each);
      expect(results).toHaveLength(2);
      expect(asked.toSorted()).toEqual(['BOSS', 'BOSS', 'SELF ada', 'SELF ada']);
    });
  },
);

describe('the answer of a policy about an object', () => {
  it('is no answer for another viewer of the same execution', async () => {
    const { asked, run } = countedWorld();
    expect(await run('{ one { id as(name: "bob") { same { id } } } }')).toEqual({
      data: { one: { id: '1', as: { same: null } } },
    });
    expect(asked).toEqual(['SELF ada', 'BOSS', 'SELF bob']);
  });

  it('is no answer about the row that the object has become', async () => {
    const { run } = countedWorld();
    expect(await run('{ one { id become(owner: "bob") { id } } }')).toEqual({
      data: { one: { id: '1', become: null } },
    });
  });
});

describe('one object that becomes several rows while the promises of a list settle', () => {
  const one = { id: 0, owner: '' };
  const becomeLate = async (turns: number, row: object) => {
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    return Object.assign(one, row);
  };
  const lists = (rows: readonly object[]) =>
    createRowsWorld({
      sdl: `
        type Note @auth(rows: [SELF]) { id: ID }
        type Query { list: [Note!] @auth, nested: [[Note!]!] @auth }
      `,
      policies: { ...policies, SELF: bySelf },
      resolvers: () => ({
        Query: {
          list: () => rows.map((row, index) => becomeLate(index, row)),
          nested: () =>
            rows.map(async (row, index) =>
              index === 0 ? [Object.assign(one, row)] : [await becomeLate(index, row)],
            ),
        },
      }),
    });

  it.each([
    { rows: [own, other], list: [], nested: [[], []] },
    {
      rows: [other, own],
      list: [{ id: '1' }, { id: '1' }],
      nested: [[{ id: '1' }], [{ id: '1' }]],
    },
  ])('is checked as the row that is delivered: $list', async ({ rows, list, nested }) => {
    expect(await lists(rows).run('{ list { id } }', ada)).toEqual({ data: { list } });
    expect(await lists(rows).run('{ nested { id } }', ada)).toEqual({ data: { nested } });
  });
});
