import { createAuthorization, directiveTypeDefs } from '@gatehouse/authorization';
import { buildSchema, parse, validate } from 'graphql';
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
    const [anonymous, nobody] = [answeredWith(200), answeredWith(200)];
    expect(await checkGuards(guarded, { anonymous, nobody })).toEqual([
      'Query.me: anonymous gets 200, not 401',
      'Query.notes: anonymous gets 200, not 401',
      'Query.notes: a viewer in no group gets 200, not 403',
      'Query.note: anonymous gets 200, not 401',
      'Note.text: anonymous gets 200, not 401',
      'Note.text: a viewer in no group gets 200, not 403',
    ]);
  });

  it('asks by operations that are valid', async () => {
    const [anonymous, nobody] = [answeredWith(200), answeredWith(200)];
    await checkGuards(guarded, { anonymous, nobody });
    expect(anonymous.asked).toHaveLength(4);
    expect(anonymous.asked.flatMap((text) => validate(schema, parse(text)))).toEqual([]);
  });

  it('finds errors of the server in the answers of policies', async () => {
    const [anonymous, nobody] = [answeredWith(401), answeredWith(500)];
    expect(await checkGuards(guarded, { anonymous, nobody })).toContain(
      'Query.note: a viewer in no group gets 500',
    );
  });
});
