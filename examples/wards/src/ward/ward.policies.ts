import { definePolicy, type Viewer } from 'graphql-gatehouse';
import type { Context } from '../context.ts';
import type { Note, Patient, Prisma } from '../generated/prisma/client.ts';

// Each policy asks `idOf` in both functions, so that they agree.

const idOf = (viewer: Viewer): string | undefined =>
  viewer.kind === 'user' ? viewer.userId : undefined;

/** The id of a viewer who is in one of the groups now: who loses the group loses the ward. */
const idIn = (viewer: Viewer, groups: readonly string[]): string | undefined =>
  viewer.kind === 'user' && groups.some((group) => viewer.groups.has(group))
    ? viewer.userId
    : undefined;

const staff = ['NURSE', 'DOCTOR'];
const none = { id: { in: [] } };

/** The patients in the wards where a user works. */
const inWardsOf = (userId: string) => ({ ward: { members: { some: { userId } } } });

/** WARD_STAFF: the viewer works in the patient's ward. */
export const isWardStaff = definePolicy({
  reads: ['wardId'],
  admits: async (viewer, { wardId }: Pick<Patient, 'wardId'>, { db }: Context) => {
    const userId = idIn(viewer, staff);
    return userId !== undefined && worksIn(db, { wardId, userId });
  },
  where: (viewer): Prisma.PatientWhereInput => {
    const userId = idIn(viewer, staff);
    return userId === undefined ? none : inWardsOf(userId);
  },
});

/** PATIENT_SELF: the viewer is the patient. */
export const isPatient = definePolicy({
  reads: ['userId'],
  admits: (viewer, { userId }: Pick<Patient, 'userId'>) =>
    userId !== null && userId === idOf(viewer),
  where: (viewer): Prisma.PatientWhereInput => {
    const userId = idOf(viewer);
    return userId === undefined ? none : { userId };
  },
});

/** NOTE_AUTHOR: the viewer wrote the note. */
export const isAuthor = definePolicy({
  reads: ['authorId'],
  admits: (viewer, { authorId }: Pick<Note, 'authorId'>) => authorId === idOf(viewer),
  where: (viewer): Prisma.NoteWhereInput => {
    const authorId = idOf(viewer);
    return authorId === undefined ? none : { authorId };
  },
});

/** NOTE_READER: the viewer is the patient or works in the ward; of confidential notes: is a doctor there. */
export const isReader = definePolicy({
  reads: ['patientId', 'isConfidential'],
  admits: async (
    viewer,
    { patientId, isConfidential }: Pick<Note, 'patientId' | 'isConfidential'>,
    { db }: Context,
  ) => {
    const userId = idOf(viewer);
    const patient = await db.patient.findUnique({ where: { id: patientId } });
    if (userId === undefined || patient === null) return false;
    if (patient.userId === userId && !isConfidential) return true;
    const isInGroup = idIn(viewer, isConfidential ? ['DOCTOR'] : staff) !== undefined;
    return isInGroup && worksIn(db, { wardId: patient.wardId, userId });
  },
  where: (viewer): Prisma.NoteWhereInput => {
    const userId = idOf(viewer);
    if (userId === undefined) return none;
    const readable: Prisma.NoteWhereInput[] = [{ isConfidential: false, patient: { userId } }];
    if (idIn(viewer, staff)) readable.push({ isConfidential: false, patient: inWardsOf(userId) });
    if (idIn(viewer, ['DOCTOR'])) readable.push({ patient: inWardsOf(userId) });
    return { OR: readable };
  },
});

/**
 * Whether a user works in a ward. `db` is the transaction inside of a change. Prisma reads what is asked in one turn of the
 * event loop, such as for all rows of a list, with one statement.
 */
async function worksIn(
  db: Context['db'],
  wardId_userId: { readonly wardId: string; readonly userId: string },
): Promise<boolean> {
  return (await db.wardMember.findUnique({ where: { wardId_userId } })) !== null;
}
