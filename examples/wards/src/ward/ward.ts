import { BadUserInputError, defineDomain, parseText, required, userOf } from 'graphql-gatehouse';
import type { Context } from '../context.ts';
import type { Note, Patient, Prisma, User, Ward } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { isAuthor, isPatient, isReader, isWardStaff } from './ward.policies.ts';

/** Reads the ward, patient or note that exists for the viewer. */
const findNode = async ({ find }: Context, id: string): Promise<Ward | Patient | Note | null> => {
  const found = [find<Ward>('Ward', id), find<Patient>('Patient', id), find<Note>('Note', id)];
  return (await Promise.all(found)).find((row) => row !== null) ?? null;
};

/** A row that an argument names, as `change` reads it: arguments are what the client sent. */
type Found<Name extends string, Row> = Readonly<Record<Name, Row>>;

const isNote = (row: object): row is Note => 'text' in row;

const resolvers: Resolvers = {
  Query: {
    node: (_query, { id }, context) => findNode(context, id),
    nodes: (_query, { ids }, context) => {
      if (ids.length > 100) throw new BadUserInputError('ids', '`ids` must have at most 100 ids.');
      return Promise.all(ids.map((id) => findNode(context, id)));
    },
    wards: (_query, _args, { db }) => db.ward.findMany({ orderBy: { id: 'asc' } }),
    patients: (_query, _args, { db, page }, info) => page(info, db.patient),
    notes: (_query, _args, { db, page }, info) => page(info, db.note),
    search: async (_query, args, { db, rows }, info) => {
      const contains = parseText('text', args.text, { least: 3, most: 100 });
      const patients = rows<Prisma.PatientWhereInput>(info, 'Patient') ?? {};
      const notes = rows<Prisma.NoteWhereInput>(info, 'Note') ?? {};
      const first = { orderBy: { id: 'asc' }, take: 100 } as const;
      const found = await Promise.all([
        db.patient.findMany({ where: { AND: [patients, { name: { contains } }] }, ...first }),
        db.note.findMany({ where: { AND: [notes, { text: { contains } }] }, ...first }),
      ]);
      return found.flat();
    },
    noteCount: (_query, _args, { db, filterOf }) =>
      db.note.count({ where: filterOf<Prisma.NoteWhereInput>('Note') ?? {} }),
  },
  Mutation: {
    addNote: async (_mutation, { input }, { change, viewer }) => {
      const { patientId, isConfidential = false } = input;
      const text = parseText('input.text', input.text, { least: 1, most: 5000 });
      const { userId: authorId } = userOf(viewer);
      const note = await change(
        ({ id }: Note) => ({ action: 'note.added', subjectId: id }),
        (tx) => tx.note.create({ data: { patientId, authorId, text, isConfidential } }),
        { writes: { Note: ({ id }) => [id] } },
      );
      return { note };
    },
    deleteNote: async (_mutation, { id }, { change }) => {
      await change(
        { action: 'note.deleted', subjectId: id },
        (tx, found: Found<'id', Note>) => tx.note.delete({ where: { id: found.id.id } }),
        { leaves: ['id'] },
      );
      return true;
    },
    movePatient: async (_mutation, { id }, { change }) => ({
      patient: await change(
        { action: 'patient.moved', subjectId: id },
        (tx, { id: patient, wardId: ward }: Found<'id', Patient> & Found<'wardId', Ward>) =>
          tx.patient.update({ where: { id: patient.id }, data: { wardId: ward.id } }),
        { leaves: ['id'] },
      ),
    }),
    assignStaff: (_mutation, { userId, works }, { change }) =>
      change(
        { action: works ? 'staff.assigned' : 'staff.removed', subjectId: userId },
        async (
          tx,
          { userId: user, wardId: ward }: Found<'userId', User> & Found<'wardId', Ward>,
        ) => {
          const member = { wardId: ward.id, userId: user.id };
          await tx.wardMember.deleteMany({ where: member });
          if (works) await tx.wardMember.create({ data: member });
          return ward;
        },
      ),
  },
  User: {
    notes: ({ id }, _args, { db, list }, info) => list(info, db.note, { by: 'authorId', of: id }),
  },
  Ward: {
    patients: ({ id }, _args, { db, list }, info) =>
      list(info, db.patient, { by: 'wardId', of: id }),
  },
  Patient: {
    ward: ({ wardId }, _args, { find }) => required(find<Ward>('Ward', wardId)),
    notes: ({ id }, _args, { db, list }, info) => list(info, db.note, { by: 'patientId', of: id }),
  },
  Note: {
    author: ({ authorId }, _args, { load }) => required(load.users(authorId)),
    patient: ({ patientId }, _args, { find }) => find<Patient>('Patient', patientId),
  },
  Node: {
    __resolveType: (row) => (isNote(row) ? 'Note' : 'wardId' in row ? 'Patient' : 'Ward'),
  },
  SearchResult: { __resolveType: (row) => (isNote(row) ? 'Note' : 'Patient') },
};

export const wards = defineDomain<Context>({
  name: 'ward',
  typeDefs: 'src/ward/ward.graphql',
  resolvers,
  policies: {
    WARD_STAFF: isWardStaff,
    PATIENT_SELF: isPatient,
    NOTE_AUTHOR: isAuthor,
    NOTE_READER: isReader,
  },
  types: {
    User: { byIds: (ids, { db }) => db.user.findMany({ where: { id: { in: ids } } }) },
    Ward: { byIds: (ids, { db }) => db.ward.findMany({ where: { id: { in: ids } } }) },
    Patient: {
      byIds: (ids, { db, where }) =>
        db.patient.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
    Note: {
      byIds: (ids, { db, where }) =>
        db.note.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
  },
  events: {
    noteAdded: {
      table: 'notes',
      type: 'Note',
      filter: ({ patientId }: { readonly patientId?: string | null }) =>
        patientId ? (note: Note) => note.patientId === patientId.toLowerCase() : undefined,
    },
  },
});
