import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  nullAnswer,
  type Step,
  type StepCall,
} from '../../packages/authorization/src/enforcement/calls/step.ts';
import { runSteps } from '../../packages/authorization/src/enforcement/field/run-steps.ts';
import {
  type FieldSteps,
  presentSteps,
} from '../../packages/authorization/src/enforcement/field/steps.ts';
import { guard, holding, type TestContext } from './fixtures.ts';

type Named = Step<string, unknown>;

/** No step of these lists looks at its call. */
const call = {} as StepCall<unknown>;

/** No step comes after the last, so that it has nothing to stop. */
const names = ['decide', 'ids', 'resolve', 'rows', 'value'];

/** How a step can refuse, and what then becomes of the field. */
const refusals: Readonly<Record<string, (error: Error) => unknown>> = {
  'by throwing': (error) => {
    throw error;
  },
  'by an error in place of a value': (error) => error,
  'by a promise that rejects': (error) => Promise.reject(error),
  'by a promise of an error': (error) => Promise.resolve(error),
  'by a thenable that rejects': (error) => ({
    // biome-ignore lint/suspicious/noThenProperty: the subject of the test
    then: (_resolve: unknown, reject: (reason: Error) => void) => reject(error),
  }),
};

const fail = (error: unknown): never => {
  throw new Error('for the client', { cause: error });
};

describe('the steps of a field', () => {
  it.each(
    names.slice(0, -1).flatMap((name) => Object.keys(refusals).map((how) => ({ name, how }))),
  )('end with "$name", which refuses $how', async ({ name, how }) => {
    const begun: string[] = [];
    const error = new Error('refused');
    const steps = names.map(
      (each): Named => ({
        name: each,
        run() {
          begun.push(each);
          return each === name ? refusals[how]?.(error) : undefined;
        },
      }),
    );
    const answer = async () => runSteps(steps, fail)(undefined, call);
    await expect(answer()).rejects.toMatchObject({ message: 'for the client', cause: error });
    expect(begun).toEqual(names.slice(0, names.indexOf(name) + 1));
  });

  it('get what the step before has returned, once it has arrived', async () => {
    const given: unknown[] = [];
    const step = (returned: unknown): Named => ({
      name: 'any',
      run(value) {
        given.push(value);
        return returned;
      },
    });
    const steps = [step(Promise.resolve(1)), step(2), step(Promise.resolve(3)), step(4)];
    expect(await runSteps(steps, fail)(0, call)).toBe(4);
    expect(given).toEqual([0, 1, 2, 3]);
  });

  it('end without an error where one answers null', () => {
    const later: Named = { name: 'later', run: () => fail('begun') };
    const ends: Named = { name: 'ends', run: () => nullAnswer };
    expect(runSteps([ends, later], fail)(undefined, call)).toBe(null);
  });
});

/** A field with every step that can refuse, and a note of whatever is asked on the way. */
const sdl = `
  enum Group { ADMIN USER }
  enum Policy { ASKED OWN LINKED }
  enum Colour { RED SECRET @auth(requires: [ADMIN]) }
  directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!], readable: Boolean, maxAge: Int) repeatable
    on OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
  directive @public on FIELD_DEFINITION
  directive @references(type: String!, rows: [Policy!]) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
  type Query { parent: Parent @public }
  type Parent {
    items(near: ID @references(type: "Item", rows: [LINKED])): [Item!]
      @auth(or: [ASKED]) @auth(requires: [ADMIN], rows: [OWN])
    colours(near: ID @references(type: "Item")): [Colour] @auth(or: [ASKED])
  }
  type Item { id: ID! }
`;

describe('a field with a policy, ids and rows', () => {
  /** Runs the field where one of what is asked refuses. Returns what was asked, in order. */
  async function askedWhere(refuses: string, field: string) {
    const asked: string[] = [];
    const ask = (what: string) => {
      asked.push(what);
      return what !== refuses;
    };
    const rowPolicy = (name: string) => ({
      reads: ['id'] as const,
      admits: () => ask(`policy ${name}`),
      where: () => ({ own: ask(`filter ${name}`) }),
    });
    const authorization = guard(sdl, {
      policies: {
        ASKED: () => ask('policy ASKED'),
        OWN: rowPolicy('OWN'),
        LINKED: rowPolicy('LINKED'),
      },
      types: { Item: { byIds: () => (ask('statement of ids') ? [{ id: '1' }] : []) } },
      resolvers: {
        Query: { parent: () => ({}) },
        Parent: {
          items(_source, _args, _context, info) {
            authorization.rowsOf(info);
            if (!ask('statement of the resolver')) throw new Error('no');
            return [{ id: '1' }];
          },
          colours: () => (ask('statement of the resolver') ? ['SECRET'] : null),
        },
      },
    });
    const { schema } = authorization;
    const contextValue: TestContext = { viewer: holding('USER') };
    const document = parse(`{ parent { ${field} } }`);
    const { data } = await execute({ schema, document, contextValue });
    return { asked, data: JSON.parse(JSON.stringify(data)) };
  }

  const all = [
    'policy ASKED',
    'statement of ids',
    'policy LINKED',
    'filter OWN',
    'statement of the resolver',
    'policy OWN',
  ];

  it('asks everything in the order of its steps', async () => {
    const { asked, data } = await askedWhere('nothing', 'items(near: 1) { id }');
    expect(asked).toEqual(all);
    expect(data).toEqual({ parent: { items: [{ id: '1' }] } });
  });

  it.each(all.filter((what) => what !== 'filter OWN').map((what) => ({ what })))(
    'asks nothing after "$what" has refused',
    async ({ what }) => {
      const { asked, data } = await askedWhere(what, 'items(near: 1) { id }');
      expect(asked).toEqual(all.slice(0, all.indexOf(what) + 1));
      expect(data).toEqual({ parent: { items: null } });
    },
  );

  it('hides a value of an enum after everything else has admitted the viewer', async () => {
    const { asked, data } = await askedWhere('nothing', 'colours(near: 1)');
    expect(asked).toEqual(['policy ASKED', 'statement of ids', 'statement of the resolver']);
    expect(data).toEqual({ parent: { colours: [null] } });
  });
});

describe('a list of steps', () => {
  type Steps = FieldSteps<unknown>;
  const listed = (...steps: Steps) => presentSteps(steps).map(({ name }) => name);

  it('does not compile without its guard, or in another order', () => {
    type Guard = Steps[3];
    type Resolve = Steps[8];
    const list = (guarded: Guard, refusing: Steps[4], resolve: Resolve, value: Steps[14]) => {
      const [none] = [undefined];
      listed(
        ...([none, none, none, guarded, refusing, none, none, none] as const),
        ...([resolve, none, none, none, none, none, value] as const),
      );
      listed(
        // @ts-expect-error The guard is missing.
        ...([none, none, none, none, refusing, none, none, none] as const),
        ...([resolve, none, none, none, none, none, value] as const),
      );
      listed(
        // @ts-expect-error The resolver stands before the guard.
        ...([none, none, none, resolve, refusing, none, none, none] as const),
        ...([guarded, none, none, none, none, none, value] as const),
      );
    };
    expect(list).toBeTypeOf('function');
  });
});
