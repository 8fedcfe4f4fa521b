import {
  createAdmit,
  createAuthorization,
  directiveTypeDefs,
} from '@graphql-gatehouse/authorization';
import { buildSchema, parse } from 'graphql';
import { expect, it } from 'vitest';

/** Fields of two types have one path and different ids. The rows of one type ask for a proof of identity. */
const sdl = `${directiveTypeDefs()}
  enum Group { STAFF }
  enum Policy { OWN }
  union Found = Left | Right
  type Left { use(id: ID! @references(type: "Secret")): Int }
  type Right { use(id: ID! @references(type: "Note")): Int }
  type Secret @auth(requires: [STAFF], rows: [OWN], maxAge: 60) { id: ID! }
  type Note @auth(rows: [OWN]) { id: ID! }
  type Query { found: [Found!]! @auth secrets: [Secret] @auth notes: [Note] @auth }
`;

it('reads the id of a field whose path is refused for another type, with lenient handling', async () => {
  const used: unknown[] = [];
  const schema = buildSchema(sdl);
  const right = schema.getType('Right');
  const field = right && 'getFields' in right ? right.getFields().use : undefined;
  if (field !== undefined && 'resolve' in field) {
    field.resolve = (_source: unknown, { id }: { id?: unknown }) => used.push(id);
  }
  const found = schema.getQueryType()?.getFields().found;
  if (found !== undefined) found.resolve = () => [{ __typename: 'Right' }];
  const authorization = createAuthorization(schema, {
    policies: { OWN: { reads: ['id'], admits: () => false, where: () => ({}) } },
    viewerOf: () => ({ isAuthenticated: true, groups: new Set(['STAFF']) }),
    types: {
      Secret: { byIds: () => [{ id: 's' }] },
      Note: { byIds: () => [{ id: 'hidden' }] },
    },
  });
  const document = parse(
    '{ found { ... on Left { use(id: "s") } ... on Right { use(id: "hidden") } } }',
  );
  const request = { document, operationName: undefined, variableValues: {}, contextValue: {} };
  const admission = await createAdmit(authorization)({ ...request, prefer: 'handling=lenient' });
  if (admission.kind === 'admitted') {
    await admission.finish(
      await authorization.execute({ schema: authorization.schema, ...request }),
    );
  }
  expect(used).toEqual([]);
  expect(admission).toMatchObject({
    kind: 'answered',
    denials: [{ extensions: { code: 'NOT_FOUND' } }],
  });
});
