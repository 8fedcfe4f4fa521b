import { createAuthorization, RowsError, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { holding, type TestContext, withPolicies } from './fixtures.ts';

/** A viewer without a name, such as an API client: its name equals a property that was not read. */
const nameless: Viewer & { readonly name?: string } = holding();

/** Serves rows whose policy compares a property with the viewer's name. */
function serve(rows: readonly object[]) {
  const failures: string[] = [];
  const asked: unknown[] = [];
  const authorization = createAuthorization<typeof nameless, TestContext>(
    makeExecutableSchema({
      typeDefs: `${withPolicies}
        type Query {
          rows: [Row] @auth(rows: [SELF])
          own: String @auth(or: [SELF])
          row: Row @public
        }
        type Row { id: Int, secret: String @auth(or: [SELF]) }`,
      resolvers: {
        Query: {
          rows(_query, _args, _context, info) {
            authorization.rowsOf(info);
            return rows;
          },
          own: () => 'own',
          row: () => rows[0],
        },
      },
    }),
    {
      policies: {
        SELF: {
          reads: ['owner'],
          admits(viewer, row) {
            asked.push(row);
            return row.owner === viewer.name;
          },
          where: () => ({}),
        },
        BOSS: () => false,
      },
      viewerOf: ({ viewer }) => viewer,
      onPolicyError: (error, policy) => {
        if (error instanceof RowsError) failures.push(`${policy}: ${error.message}`);
      },
    },
  );
  const run = async (text: string, context: TestContext = { viewer: nameless }) => {
    const { schema } = authorization;
    const { data, errors = [] } = await execute({
      schema,
      document: parse(text),
      contextValue: context,
    });
    return { data, codes: errors.map(({ extensions }) => extensions.code) };
  };
  return { run, failures, asked };
}

describe('a row that was read without a property of `reads`', () => {
  const unread = (coordinate: string) =>
    `SELF: ${coordinate}: the policy SELF reads \`owner\`, which is undefined`;

  it('is hidden from all, and the log names coordinate and property once a request', async () => {
    for (const row of [{ id: 1 }, { id: 1, owner: undefined }]) {
      const { run, failures, asked } = serve([row, row, { id: 2 }]);
      const context = { viewer: nameless };
      const refused = { data: { rows: null }, codes: ['INTERNAL_SERVER_ERROR'] };
      expect(await run('{ rows { id } }', context)).toEqual(refused);
      expect(await run('{ rows { id } }', context)).toEqual(refused);
      expect(asked).toEqual([]);
      expect(failures).toEqual([unread('Query.rows')]);
      await run('{ rows { id } }');
      expect(failures).toHaveLength(2);
    }
  });

  it('admits no viewer to a field either, nor to a root field, which has no object', async () => {
    const { run, failures, asked } = serve([{ id: 1, secret: 's' }]);
    const { codes } = await run('{ own row { secret } }');
    expect(codes).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(asked).toEqual([]);
    expect(failures).toEqual([unread('Query.own'), unread('Row.secret')]);
  });

  it('is no row whose property is null or false', async () => {
    for (const owner of [null, false, '']) {
      const { run, asked, failures } = serve([{ id: 1, owner }]);
      await run('{ rows { id } }');
      expect(asked).toHaveLength(1);
      expect(failures).toEqual([]);
    }
  });
});
