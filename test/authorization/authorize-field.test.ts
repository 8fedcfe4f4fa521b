import {
  type Authorization,
  AuthorizationError,
  createAuthorization,
  directiveTypeDefs,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { GraphQLObjectType, type GraphQLResolveInfo, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { DenialExtensions } from '../../packages/authorization/src/enforcement/calls/authorization-error.ts';

interface Viewer {
  readonly isAuthenticated: true;
  readonly groups: ReadonlySet<string>;
}
interface Context {
  viewer: Viewer;
}

const holding = (...groups: string[]): Viewer => ({
  isAuthenticated: true,
  groups: new Set(groups),
});

/** Runs `query` as STAFF; when its resolver runs, the viewer has `left`, and the guards are asked again. */
async function askAgain({ query, left, isDry = false, variables, field = {} }: AskAgain) {
  const sources: unknown[] = [];
  const reported: DenialExtensions[] = [];
  let outcome: unknown = 'not asked';
  const ask = async (source: unknown, args: object, context: Context, info: GraphQLResolveInfo) => {
    context.viewer = left;
    const call = { source, args: { ...args }, context };
    const asking: Promise<unknown> = authorization.authorizeField(call, { ...info, ...field });
    outcome = await asking.then(
      () => 'admitted',
      (error: unknown) =>
        error instanceof AuthorizationError ? error.denial.coordinate : String(error),
    );
    return 'done';
  };
  const authorization: Authorization<Context> = createAuthorization<Viewer, Context>(
    makeExecutableSchema({
      typeDefs: `${directiveTypeDefs()}
        enum Group { STAFF ADMIN }
        enum Policy { OWN }
        type Query {
          open: String @public
          staff(note: String @auth(requires: [STAFF])): String @auth
          own: String @auth(or: [OWN])
          box: Box @public
        }
        type Box { lid: String @auth(requires: [ADMIN], or: [OWN]) }`,
      resolvers: {
        Query: { open: ask, staff: ask, own: ask, box: () => ({ name: 'box' }) },
        Box: { lid: ask },
      },
    }),
    {
      viewerOf: ({ viewer }) => viewer,
      policies: {
        OWN: ({ groups }, source) => {
          sources.push(source);
          return groups.has('STAFF');
        },
      },
      ...(isDry ? { report: (denial) => void reported.push(denial) } : {}),
    },
  );
  const contextValue = { viewer: holding('STAFF') };
  const { errors } = await graphql({
    schema: authorization.schema,
    source: query,
    contextValue,
    rootValue: { name: 'root' },
    variableValues: variables,
  });
  expect(errors).toBeUndefined();
  return { outcome, reported: reported.map(({ coordinate }) => coordinate), sources };
}

interface AskAgain {
  readonly query: string;
  readonly left: Viewer;
  readonly isDry?: boolean;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The field to ask about, if it is not the one that runs. */
  readonly field?: Partial<Pick<GraphQLResolveInfo, 'fieldName' | 'parentType'>>;
}

describe('the guards of a field, asked again while it runs', () => {
  it.each([
    { what: 'nothing is guarded', query: '{ open }', outcome: 'admitted' },
    { what: 'the field asks for no group', query: '{ staff }', outcome: 'admitted' },
    {
      what: 'an argument asks for a lost group',
      query: '{ staff(note: "n") }',
      outcome: 'Query.staff(note:)',
    },
    { what: 'a policy denies now', query: '{ box { lid } }', outcome: 'Box.lid' },
  ])('say what holds now: $what', async ({ query, outcome }) => {
    expect((await askAgain({ query, left: holding() })).outcome).toBe(outcome);
  });

  it('admit who still holds what they ask for', async () => {
    const asked = { query: '{ staff(note: "n") box { lid } }', left: holding('STAFF') };
    expect((await askAgain(asked)).outcome).toBe('admitted');
  });

  it.each([
    { variables: { note: 'n' }, outcome: 'Query.staff(note:)' },
    { variables: {}, outcome: 'admitted' },
  ])('know what the client supplied by variables: $variables', async ({ variables, outcome }) => {
    const query = 'query ($note: String) { staff(note: $note) }';
    expect((await askAgain({ query, left: holding(), variables })).outcome).toBe(outcome);
  });

  it.each([
    { query: '{ own }', source: undefined },
    { query: '{ box { lid } }', source: { name: 'box' } },
  ])('ask policies about the same object as before: $query', async ({ query, source }) => {
    const { outcome, sources } = await askAgain({ query, left: holding('STAFF') });
    expect(outcome).toBe('admitted');
    expect(sources).toEqual([source, source]);
  });

  it.each([
    { field: { fieldName: 'gone' }, coordinate: 'Query.gone' },
    {
      field: { parentType: new GraphQLObjectType({ name: 'Gone', fields: {} }) },
      coordinate: 'Gone.open',
    },
  ])('reject a field that the schema does not have: $coordinate', async ({ field, coordinate }) => {
    const asked = { query: '{ open }', left: holding('STAFF'), field };
    expect((await askAgain(asked)).outcome).toBe(`RangeError: The schema has no ${coordinate}.`);
  });

  it('report in a dry run', async () => {
    const asked = { query: '{ staff(note: "n") }', left: holding(), isDry: true };
    const { outcome, reported } = await askAgain(asked);
    expect({ outcome, reported }).toEqual({
      outcome: 'admitted',
      reported: ['Query.staff(note:)'],
    });
  });
});
