import { defineDomain } from 'graphql-gatehouse';
import type { Context } from '../../../examples/wards/src/context.ts';
import type { Note, Patient } from '../../../examples/wards/src/generated/prisma/client.ts';

type Found<Name extends string, Row> = Readonly<Record<Name, Row>>;
interface Id {
  readonly id: string;
}

/** Ways to the rows of the example by someone who does not know its rules: no resolver asks for a filter. */
export const careless = defineDomain<Context>({
  name: 'careless',
  typeDefs: /* GraphQL */ `
    extend type Query {
      "One." anyNote(id: ID!): Note @auth
      "One, named." namedNote(id: ID! @references(type: "Note")): Note! @auth
      "All." anyPatients: [Patient!]! @auth
      "All, as nodes." anyNodes: [Node!]! @auth
      "A page." anyPage(first: Int): [Note!]! @auth
    }
    extend type Patient { "All." anyNotes: [Note!]! }
    extend type Mutation {
      "Forgets to say that it leaves." loseNote(id: ID! @references(type: "Note")): Boolean @auth
      "Hands one over." giveNote(id: ID! @references(type: "Note"), to: ID!): Boolean @auth
      "Returns one." touchNote(id: ID!): Note @auth
      "Writes for others." writeNotes(patientIds: [ID!]! @references(type: "Patient"), as: ID!): Int @auth
    }`,
  resolvers: {
    Query: {
      anyNote: (_query: unknown, { id }: Id, { db }: Context) =>
        db.note.findUnique({ where: { id } }),
      namedNote: (_query: unknown, { id }: Id, { db }: Context) =>
        db.note.findUnique({ where: { id } }),
      anyPatients: (_query: unknown, _args: unknown, { db }: Context) =>
        db.patient.findMany({ orderBy: { id: 'asc' } }),
      anyNodes: async (_query: unknown, _args: unknown, { db }: Context) =>
        [await db.patient.findMany(), await db.note.findMany()].flat(),
      anyPage: (_query: unknown, _args: unknown, { db }: Context) => db.note.findMany(),
    },
    Patient: {
      anyNotes: ({ id }: Patient, _args: unknown, { db }: Context) =>
        db.note.findMany({ where: { patientId: id }, orderBy: { id: 'asc' } }),
    },
    Mutation: {
      loseNote: (_mutation: unknown, { id }: Id, { change }: Context) =>
        change({ action: 'note.lost' }, async (tx) => {
          await tx.note.delete({ where: { id } });
          return true;
        }),
      giveNote: (_mutation: unknown, { to: authorId }: { to: string }, { change }: Context) =>
        change({ action: 'note.given' }, async (tx, { id: { id } }: Found<'id', Note>) => {
          await tx.note.update({ where: { id }, data: { authorId } });
          return true;
        }),
      touchNote: (_mutation: unknown, { id }: Id, { change }: Context) =>
        change({ action: 'note.touched' }, (tx) => tx.note.findUnique({ where: { id } })),
      writeNotes: (_mutation: unknown, { as: authorId }: { as: string }, { change }: Context) =>
        change(
          { action: 'note.written' },
          (tx, { patientIds: patients }: Found<'patientIds', readonly Patient[]>) =>
            Promise.all(
              patients.map(({ id: patientId }) =>
                tx.note.create({
                  data: {
                    patientId,
                    authorId,
                    text: 'Written about a Patient',
                    isConfidential: true,
                  },
                }),
              ),
            ),
          { writes: { Note: (made) => made.map(({ id }) => id) } },
        ).then(({ length }) => length),
    },
  },
});
