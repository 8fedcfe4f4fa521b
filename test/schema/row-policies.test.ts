import { type Domain, defineDomain, definePolicy, type GatehouseContext } from 'graphql-gatehouse';
import { describe, expect, it } from 'vitest';
import { composeForReports } from '../../src/gatehouse/schema-report.ts';
import { CompositionError } from '../../src/schema/sdl/composition-error.ts';

interface Note {
  readonly ownerId: string;
}

/** A filter of a data client, as narrow as one of Prisma's. */
interface NoteFilter {
  readonly ownerId?: string;
}

const isOwner = definePolicy({
  reads: ['ownerId'],
  admits: (viewer, note) => viewer.kind === 'user' && viewer.userId === note.ownerId,
  where: (viewer): NoteFilter => ({ ownerId: viewer.kind === 'user' ? viewer.userId : '' }),
});

const typeDefs = `
  extend enum Policy {
    NOTE_OWNER
  }
  extend type Query {
    "The notes of the viewer."
    notes: [Note!]! @auth(rows: [NOTE_OWNER])
  }
  "A note."
  type Note {
    "The note, for its owner."
    text: String @auth(or: [NOTE_OWNER])
  }`;
const resolvers = { Query: { notes: () => [] } };

function problemsOf(policies: NonNullable<Domain['policies']>): readonly string[] {
  const domain = defineDomain<GatehouseContext>({ name: 'note', typeDefs, resolvers, policies });
  try {
    composeForReports({ directory: process.cwd(), config: { domains: [domain] } });
    return [];
  } catch (error) {
    if (!(error instanceof CompositionError)) throw error;
    return error.problems;
  }
}

/** Policies as a project in JavaScript can write them. */
const untyped = (policies: unknown): NonNullable<Domain['policies']> =>
  JSON.parse('{}', () => policies);

describe('a policy of a domain for rows', () => {
  it('has two functions, and may stand in `or` too', () => {
    expect(problemsOf({ NOTE_OWNER: isOwner })).toEqual([]);
  });

  it('refuses the start, by name, when it is a predicate alone', () => {
    expect(problemsOf({ NOTE_OWNER: () => true })).toEqual([
      'Query.notes: @auth(rows:): the policy NOTE_OWNER has no `where` (SDL of the domain note:7)',
    ]);
  });

  it('refuses the start, by coordinate and name, when it is a filter alone', () => {
    expect(problemsOf(untyped({ NOTE_OWNER: { where: () => ({}) } }))).toEqual([
      'Query.notes: @auth(rows:): the policy NOTE_OWNER has no `admits` (SDL of the domain note:7)',
      'Note.text: @auth(or:): the policy NOTE_OWNER has no `admits` (SDL of the domain note:12)',
    ]);
  });

  it('has a filter of the type that the data client takes', () => {
    const wrong = definePolicy({
      reads: [],
      admits: () => true,
      // @ts-expect-error The filter has no such property.
      where: (): NoteFilter => ({ owner: 'ada' }),
    });
    expect(problemsOf({ NOTE_OWNER: wrong })).toEqual([]);
  });

  it('has rows of the properties that it says it reads, of any type or a declared one', () => {
    const where = (): NoteFilter => ({});
    const declared = definePolicy({
      reads: ['ownerId'],
      admits: (_viewer, { ownerId }: Note) => ownerId.startsWith('a'),
      where,
    });
    const other = definePolicy({
      reads: ['ownerId'],
      // @ts-expect-error It does not say that it reads this property.
      admits: (_viewer, { text }) => text === '',
      where,
    });
    const more = definePolicy({
      // @ts-expect-error It reads `text` too.
      reads: ['ownerId'],
      admits: (_viewer, { ownerId, text }: Note & { readonly text: string }) => ownerId === text,
      where,
    });
    for (const NOTE_OWNER of [declared, other, more]) {
      expect(problemsOf({ NOTE_OWNER })).toEqual([]);
    }
  });

  it('refuses the start, by name, when it does not say what it reads', () => {
    const { reads: _left, ...silent } = isOwner;
    expect(problemsOf(untyped({ NOTE_OWNER: silent }))).toEqual([
      'Query.notes: @auth(rows:): the policy NOTE_OWNER has no `reads` (SDL of the domain note:7)',
      'Note.text: @auth(or:): the policy NOTE_OWNER has no `reads` (SDL of the domain note:12)',
    ]);
  });
});
