import { createAuthorization, directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { buildSchema, type ExecutionResult, graphql, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkGuards } from '../../src/testing/check-guards.ts';

const schema = buildSchema(`
  ${directiveTypeDefs()}
  enum Group { STAFF }
  enum Policy { OWNER }
  type Query {
    version: String! @public
    me: String! @auth
    notes(owner: Owner!, days: [Int!]!): [Note!]! @auth(requires: [STAFF])
    note(id: ID!): Note @auth(requires: [STAFF], or: [OWNER])
  }
  input Owner { name: String!, kind: Kind! }
  enum Kind { PERSON }
  type Note { text: String! @auth(requires: [STAFF]) }
`);
const guarded = createAuthorization(schema, {
  policies: { OWNER: () => true },
  viewerOf: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }),
});

/** A viewer to whom a broken server gives the same answer, whatever it is asked. */
const answeredWith = (status: number) => {
  const asked: string[] = [];
  const run = async (operation: string) => {
    asked.push(operation);
    const rest = { coordinate: undefined, code: undefined, reason: undefined };
    return { status, data: undefined, errors: [], ...rest };
  };
  return { asked, run };
};

describe('checking guards', () => {
  it('finds each guarded field that anonymous viewers or viewers in no group reach', async () => {
    const [anonymous, withoutGroups] = [answeredWith(200), answeredWith(200)];
    expect(await checkGuards(guarded, { anonymous, withoutGroups })).toEqual([
      'Query.me: anonymous gets 200, not 401',
      'Query.notes: anonymous gets 200, not 401',
      'Query.notes: a viewer in no group gets 200, not 403',
      'Query.note: anonymous gets 200, not 401',
      'Note.text: anonymous gets 200, not 401',
      'Note.text: a viewer in no group gets 200, not 403',
    ]);
  });

  it('asks by operations that are valid', async () => {
    const [anonymous, withoutGroups] = [answeredWith(200), answeredWith(200)];
    await checkGuards(guarded, { anonymous, withoutGroups });
    expect(anonymous.asked).toHaveLength(4);
    expect(anonymous.asked.flatMap((text) => validate(schema, parse(text)))).toEqual([]);
  });

  it('finds errors of the server in the answers of policies', async () => {
    const [anonymous, withoutGroups] = [answeredWith(401), answeredWith(500)];
    expect(await checkGuards(guarded, { anonymous, withoutGroups })).toContain(
      'Query.note: a viewer in no group gets 500',
    );
  });
});

const feedSchema = buildSchema(`
  ${directiveTypeDefs({ policy: undefined })}
  enum Group { STAFF }
  type Query { feed(page: Int!): [Item!]! @public node: Node @public }
  union Item = Photo | Note
  interface Node { id: ID! owner: String @auth(requires: [STAFF]) }
  type Photo implements Node { id: ID! owner: String place: Place @auth(requires: [STAFF]) }
  type Place { name: String @auth }
  type Note { text: String @auth(requires: [STAFF]) }
`);
const feed = createAuthorization(feedSchema, {
  policies: {},
  viewerOf: () => ({ isAuthenticated: true, groups: new Set() }),
});
const photo = { __typename: 'Photo', id: '1', owner: 'ada', place: { name: 'attic' } };
const rootValue = { feed: [photo], node: null };

/** A viewer who gets the answers of a schema, in which there is one photo and no note. */
const answeredBy = (served: typeof feedSchema) => {
  const asked: string[] = [];
  const run = async (source: string, variableValues?: Readonly<Record<string, unknown>>) => {
    asked.push(source);
    const { data, errors = [] }: ExecutionResult = await graphql({
      schema: served,
      source,
      rootValue,
      variableValues: { ...variableValues },
    });
    const rest = { coordinate: undefined, code: undefined, reason: undefined };
    const answer = JSON.parse(JSON.stringify({ data }));
    return {
      status: 200,
      data: answer.data,
      errors: errors.map((error) => error.toJSON()),
      ...rest,
    };
  };
  return { asked, run };
};

describe('checking guards behind interfaces and unions', () => {
  it('asks for fields of interfaces, and for those of their types with inline fragments', async () => {
    const viewer = answeredBy(feedSchema);
    await checkGuards(feed, { anonymous: viewer, withoutGroups: answeredBy(feedSchema) });
    expect(viewer.asked).toEqual([
      'query { node { attacked: owner } }',
      'query ($v0: Int!) { feed(page: $v0) { ... on Photo { attacked: owner } } }',
      'query ($v0: Int!) { feed(page: $v0) { ... on Photo { attacked: place { __typename } } } }',
      'query ($v0: Int!) { feed(page: $v0) { ... on Photo { place { attacked: name } } } }',
      'query ($v0: Int!) { feed(page: $v0) { ... on Note { attacked: text } } }',
    ]);
    expect(viewer.asked.flatMap((text) => validate(feedSchema, parse(text)))).toEqual([]);
  });

  it('finds values that are given out, and nothing where there is no object of the type', async () => {
    const viewers = { anonymous: answeredBy(feedSchema), withoutGroups: answeredBy(feedSchema) };
    expect(await checkGuards(feed, viewers)).toEqual([
      'Node.owner: anonymous gets 200, not 401',
      'Node.owner: a viewer in no group gets 200, not 403',
      'Photo.owner: anonymous gets its value',
      'Photo.owner: a viewer in no group gets its value',
      'Photo.place: anonymous gets its value',
      'Photo.place: a viewer in no group gets its value',
      'Place.name: anonymous gets its value',
    ]);
  });

  it('finds nothing wrong when the guards refuse while the operation runs', async () => {
    const viewers = { anonymous: answeredBy(feed.schema), withoutGroups: answeredBy(feed.schema) };
    const found = await checkGuards(feed, viewers);
    expect(found.filter((line) => /^(Photo|Note)\./.test(line))).toEqual([]);
  });

  it('finds errors of the server', async () => {
    const viewers = { anonymous: answeredWith(500), withoutGroups: answeredWith(500) };
    expect(await checkGuards(feed, viewers)).toContain('Note.text: anonymous gets 500');
  });
});
