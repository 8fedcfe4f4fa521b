import {
  type Authorization,
  createAuthorization,
  type DenialExtensions,
  directiveTypeDefs,
} from '@gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLResolveInfo, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';

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
async function askAgain({ query, left, isDry = false }: AskAgain) {
  const reported: DenialExtensions[] = [];
  let outcome: unknown = 'not asked';
  const ask = async (source: unknown, args: object, context: Context, info: GraphQLResolveInfo) => {
    context.viewer = left;
    const call = { source, args: { ...args }, context };
    const asking: Promise<unknown> = authorization.authorizeField(call, info);
    outcome = await asking.then(
      () => 'admitted',
      (error) => error.extensions.coordinate,
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
          box: Box @public
        }
        type Box { lid: String @auth(requires: [ADMIN], or: [OWN]) }`,
      resolvers: { Query: { open: ask, staff: ask, box: () => ({}) }, Box: { lid: ask } },
    }),
    {
      viewerOf: ({ viewer }) => viewer,
      policies: { OWN: ({ groups }) => groups.has('STAFF') },
      ...(isDry ? { report: (denial) => void reported.push(denial) } : {}),
    },
  );
  const contextValue = { viewer: holding('STAFF') };
  const { errors } = await graphql({ schema: authorization.schema, source: query, contextValue });
  expect(errors).toBeUndefined();
  return { outcome, reported: reported.map(({ coordinate }) => coordinate) };
}

interface AskAgain {
  readonly query: string;
  readonly left: Viewer;
  readonly isDry?: boolean;
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

  it('report in a dry run', async () => {
    const asked = { query: '{ staff(note: "n") }', left: holding(), isDry: true };
    expect(await askAgain(asked)).toEqual({
      outcome: 'admitted',
      reported: ['Query.staff(note:)'],
    });
  });
});
