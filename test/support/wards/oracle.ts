import type {
  Note,
  Patient,
  PrismaClient,
  Ward,
  WardMember,
} from '../../../examples/wards/src/generated/prisma/client.ts';

/** A viewer, as the oracle knows it. */
export interface Asker {
  readonly id: string;
  readonly groups: readonly string[];
}

/** All rows, by no rule. */
export interface Facts {
  readonly wards: readonly Ward[];
  readonly members: readonly WardMember[];
  readonly patients: readonly Patient[];
  readonly notes: readonly Note[];
}

export async function readFacts(db: PrismaClient): Promise<Facts> {
  const orderBy = { id: 'asc' } as const;
  return {
    wards: await db.ward.findMany({ orderBy }),
    members: await db.wardMember.findMany(),
    patients: await db.patient.findMany({ orderBy }),
    notes: await db.note.findMany({ orderBy }),
  };
}

/** Says who may see what, by the sentences of the example's SDL and by nothing of the product. */
export function createOracle({ members, patients, notes }: Facts) {
  const worksIn = ({ id, groups }: Asker, wardId: string) =>
    (groups.includes('NURSE') || groups.includes('DOCTOR')) &&
    members.some((member) => member.wardId === wardId && member.userId === id);

  const seesPatient = (asker: Asker, patient: Patient): boolean =>
    asker.groups.includes('MANAGER') ||
    patient.userId === asker.id ||
    worksIn(asker, patient.wardId);

  const seesNote = (asker: Asker, note: Note): boolean => {
    const patient = patients.find(({ id }) => id === note.patientId);
    if (note.authorId === asker.id) return true;
    if (patient === undefined) return false;
    if (note.isConfidential) {
      return asker.groups.includes('DOCTOR') && worksIn(asker, patient.wardId);
    }
    return patient.userId === asker.id || worksIn(asker, patient.wardId);
  };

  return {
    seesPatient,
    seesNote,
    worksIn,
    patientsOf: (asker: Asker) => patients.filter((patient) => seesPatient(asker, patient)),
    notesOf: (asker: Asker) => notes.filter((note) => seesNote(asker, note)),
  };
}

export type Oracle = ReturnType<typeof createOracle>;
