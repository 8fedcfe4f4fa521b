import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prisma } from '../../examples/wards/src/generated/prisma/client.ts';
import { createOracle, readFacts } from '../support/wards/oracle.ts';
import { decisionOf, refusalsOf, toRefusals } from '../support/wards/refusals.ts';
import { chunksOf, readEveryWay } from '../support/wards/ways.ts';
import { fillWards, startWards, type Viewer, type Wards } from '../support/wards/world.ts';

const missing = '019ab000-0000-7000-8000-0000000000ff';

let statements: string[] = [];
let wards: Wards;
let filled: Awaited<ReturnType<typeof fillWards>>;
let viewers: readonly Viewer[];
beforeAll(async () => {
  wards = await startWards((sql) => void statements.push(sql));
  filled = await fillWards(wards);
  viewers = Object.values(filled.viewers);
});
afterAll(() => wards.close());

async function readOracle() {
  const facts = await readFacts(wards.db);
  return { facts, oracle: createOracle(facts) };
}

/** Compares what each viewer gets by every way on every node with what the oracle says about the rows of now. */
async function expectEveryWay(asking: readonly Viewer[]) {
  const { facts, oracle } = await readOracle();
  for (const viewer of asking) {
    for (const node of wards.nodes) {
      const ways = await readEveryWay({ wards, node, viewer, facts, oracle });
      for (const { way, got, expected } of ways) {
        expect(got, `${viewer.who}, by ${way}`).toEqual(expected);
      }
    }
  }
}

const patientOf = async (name: string) =>
  wards.db.patient.findFirstOrThrow({ where: { name: `Patient ${name}` } });
const countNotes = () => wards.db.note.count();

describe('every way to a row', () => {
  it('shows each viewer exactly the rows that exist for it', () => expectEveryWay(viewers));

  it('asks anonymous viewers to log in', async () => {
    for (const query of [
      `{ node(id: "${missing}") { id } }`,
      '{ wards { patients { id } } }',
      '{ search(text: "Patient") { __typename } }',
      '{ noteCount }',
    ]) {
      const { status, data } = await wards.ask(query);
      expect({ status, data }).toEqual({ status: 401, data: undefined });
    }
  });

  it('is narrowed the same in a query that is answered in part', async () => {
    const { oracle } = await readOracle();
    for (const viewer of viewers.filter(({ groups }) => !groups.includes('AUDITOR'))) {
      const headers = { prefer: 'handling=lenient' };
      const query = `{ principal(id: "${viewer.id}") { id } notes(first: 100) { totalCount } noteCount }`;
      const { status, data, errors } = await wards.ask(query, viewer, { headers });
      const count = oracle.notesOf(viewer).length;
      expect({ status, data }).toEqual({
        status: 200,
        data: { principal: null, notes: { totalCount: count }, noteCount: count },
      });
      expect(errors).toMatchObject([{ path: ['principal'] }]);
    }
  });

  it('is known before an operation runs, where a rule can hide rows from the viewer', async () => {
    const query =
      '{ patients { edges { node { notes { id } } } } search(text: "any") { __typename } }';
    const decide = async (viewer: Viewer) => decisionOf(wards, viewer, query);
    const { nurseA, manager } = filled.viewers;
    const whole = { allowed: true, denials: [], depends: [] };
    const ofNotes = ['Patient.notes', 'Query.search'];
    expect(await decide(nurseA)).toEqual({
      ...whole,
      narrowed: ['Query.patients', 'PatientEdge.node', ...ofNotes],
    });
    expect(await decide(manager)).toEqual({ ...whole, narrowed: ofNotes });
  });

  it('is seen in the schema by who can reach it', async () => {
    const query = `{ note: __type(name: "Note") { fields { name } }
      __schema { mutationType { fields { name } } } }`;
    const mutations = ['addNote', 'assignStaff', 'deleteNote', 'movePatient'];
    const seen = async (viewer?: Viewer) => {
      const { note, __schema } = (await wards.ask(query, viewer)).data;
      const names = __schema.mutationType.fields.map(({ name }: { name: string }) => name);
      return [note !== null, mutations.filter((name) => names.includes(name))];
    };
    const { nurseA, doctorA, manager, stranger } = filled.viewers;
    expect(await seen()).toEqual([false, []]);
    expect(await seen(stranger)).toEqual([true, ['deleteNote']]);
    expect(await seen(nurseA)).toEqual([true, ['addNote', 'deleteNote']]);
    expect(await seen(doctorA)).toEqual([true, ['addNote', 'deleteNote', 'movePatient']]);
    expect(await seen(manager)).toEqual([true, ['assignStaff', 'deleteNote', 'movePatient']]);
  });

  it('is a fault that the log names, where a page reads without the filter', async () => {
    const { nurseA, stranger } = filled.viewers;
    for (const viewer of [nurseA, stranger]) {
      const logged = wards.logged.length;
      const { status, data } = await wards.ask('{ anyPage(first: 1) { id } }', viewer);
      expect([status, data]).toEqual([500, null]);
      expect(wards.logged.slice(logged).join()).toContain('Query.anyPage');
    }
  });

  it('has policies whose two functions agree', async () => {
    const { db, checkRows } = wards;
    const readPatients = (where: Prisma.PatientWhereInput = {}) => db.patient.findMany({ where });
    const readNotes = (where: Prisma.NoteWhereInput = {}) => db.note.findMany({ where });
    const checks = await Promise.all([
      checkRows({ policy: 'WARD_STAFF', viewers, read: readPatients }),
      checkRows({ policy: 'PATIENT_SELF', viewers, read: readPatients }),
      checkRows({ policy: 'NOTE_AUTHOR', viewers, read: readNotes }),
      checkRows({ policy: 'NOTE_READER', viewers, read: readNotes }),
    ]);
    expect(checks.flat()).toEqual([]);
  });
});

describe('every id that names a row', () => {
  it('is decided for each viewer as the oracle says', async () => {
    const { facts, oracle } = await readOracle();
    for (const viewer of viewers) {
      const ofNote = (note: (typeof facts.notes)[number]) => {
        if (!oracle.seesNote(viewer, note)) return 'hidden';
        return note.authorId === viewer.id ? 'allowed' : 'refused';
      };
      for (const notes of [...chunksOf(facts.notes, 8), ...chunksOf(oracle.notesOf(viewer), 8)]) {
        const fields = notes.map(({ id }) => `deleteNote(id: "${id}")`);
        expect(await refusalsOf(wards, viewer, fields), viewer.who).toEqual(
          toRefusals(notes.map(ofNote)),
        );
      }
    }
  });

  it('is decided in input objects too, after groups', async () => {
    const { facts, oracle } = await readOracle();
    for (const viewer of viewers) {
      const ofPatient = (patient: (typeof facts.patients)[number]) => {
        if (!oracle.seesPatient(viewer, patient)) return 'hidden';
        return oracle.worksIn(viewer, patient.wardId) ? 'allowed' : 'refused';
      };
      for (const patients of [facts.patients, oracle.patientsOf(viewer)]) {
        if (patients.length === 0) continue;
        const fields = patients.map(
          ({ id }) => `addNote(input: { patientId: "${id}", text: "text" }) { note { id } }`,
        );
        const isStaff = viewer.groups.some((group) => ['NURSE', 'DOCTOR'].includes(group));
        const expected = isStaff
          ? toRefusals(patients.map(ofPatient))
          : patients.map((_, index) => [`f${index}`, 'GROUP_REQUIRED']);
        expect(await refusalsOf(wards, viewer, fields), viewer.who).toEqual(expected);
      }
    }
  });

  it('is answered with 404 and without data, the same for hidden, missing and malformed ones', async () => {
    const { nurseB } = filled.viewers;
    const { facts, oracle } = await readOracle();
    const hidden = facts.notes.find((note) => !oracle.seesNote(nurseB, note));
    const shown = oracle.notesOf(nurseB)[0];
    for (const id of [hidden?.id, missing, 'no uuid']) {
      const { status, text } = await wards.ask(`{ namedNote(id: "${id}") { id } }`, nurseB);
      expect(status).toBe(404);
      expect(JSON.parse(text)).toEqual({
        errors: [
          {
            message: 'Nothing with this id exists.',
            locations: [{ line: 1, column: 3 }],
            path: ['namedNote'],
            extensions: { code: 'NOT_FOUND', coordinate: 'Query.namedNote(id:)', argument: 'id' },
          },
        ],
      });
    }
    const query = `{ namedNote(id: "${shown?.id.toUpperCase()}") { id } }`;
    expect((await wards.ask(query, nurseB)).data).toEqual({ namedNote: { id: shown?.id } });
  });
});

const addNote = `mutation ($input: AddNoteInput!) { addNote(input: $input) {
  note { id text patient { id notes { id } } author { id notes { id } } } } }`;
const write = (viewer: Viewer, patientId: string, isConfidential = true) =>
  wards.ask(addNote, viewer, {
    variables: { input: { patientId, text: ' New text about Patient. ', isConfidential } },
  });

describe('a mutation', () => {
  it('returns the rows that exist for the viewer, below its payload too', async () => {
    const { nurseA } = filled.viewers;
    const { id } = await patientOf('Ada');
    const { data } = await write(nurseA, id);
    const { oracle } = await readOracle();
    const notes = oracle.notesOf(nurseA);
    const idsOf = (rows: typeof notes) => rows.map((note) => ({ id: note.id }));
    expect(data.addNote.note).toEqual({
      id: notes.at(-1)?.id,
      text: 'New text about Patient.',
      patient: { id, notes: idsOf(notes.filter(({ patientId }) => patientId === id)) },
      author: {
        id: nurseA.id,
        notes: idsOf(notes.filter(({ authorId }) => authorId === nurseA.id)),
      },
    });
    const { note } = data.addNote;
    const deleted = await wards.ask(`mutation { deleteNote(id: "${note.id}") }`, nurseA);
    expect(deleted.data).toEqual({ deleteNote: true });
  });

  it('does nothing for ids that are hidden, or that it does not admit', async () => {
    const { nurseA, nurseB } = filled.viewers;
    const before = await countNotes();
    const { id: ada } = await patientOf('Ada');
    const { id: dan } = await patientOf('Dan');
    const hidden = await write(nurseB, ada);
    expect([hidden.status, hidden.text]).toEqual([404, (await write(nurseB, missing)).text]);
    // The nurse is this patient, and does not work in the ward.
    expect(await write(nurseA, dan)).toMatchObject({ status: 403, reason: 'POLICY_DENIED' });
    const assign = `mutation { assignStaff(wardId: "${filled.a.id}", userId: "${missing}", works: true) { id } }`;
    expect(await wards.ask(assign, filled.viewers.manager)).toMatchObject({ status: 404 });
    expect(await countNotes()).toBe(before);
  });

  it('undoes a change that leaves the viewer without a row, and does not say so', async () => {
    const { nurseA, nurseB } = filled.viewers;
    const { oracle } = await readOracle();
    const note = oracle
      .notesOf(nurseA)
      .find((each) => each.authorId === nurseA.id && each.isConfidential);
    const before = await readFacts(wards.db);
    const lost = await wards.ask(`mutation { loseNote(id: "${note?.id}") }`, nurseA);
    expect(lost).toMatchObject({ status: 200, code: 'FORBIDDEN', data: { loseNote: null } });
    expect(lost.errors[0].message).toBe(
      'The mutation was undone: a row that it names or writes would not exist for you any more. ' +
        'You do not have access to Mutation.loseNote.',
    );
    const give = `mutation { giveNote(id: "${note?.id}", to: "${nurseB.id}") }`;
    expect(await wards.ask(give, nurseA)).toMatchObject({
      code: 'FORBIDDEN',
      data: { giveNote: null },
    });
    expect(await readFacts(wards.db)).toEqual(before);
  });

  it('gets the rows of a list of ids, and undoes what it writes beyond the reach of the viewer', async () => {
    const { nurseA, nurseB } = filled.viewers;
    const { id } = await patientOf('Ada');
    const ids = `["${id}", "${id}"]`;
    const before = await countNotes();
    const writeAs = (author: Viewer) =>
      wards.ask(`mutation { writeNotes(patientIds: ${ids}, as: "${author.id}") }`, nurseA);
    expect(await writeAs(nurseB)).toMatchObject({ code: 'FORBIDDEN', data: { writeNotes: null } });
    expect(await countNotes()).toBe(before);
    expect((await writeAs(nurseA)).data).toEqual({ writeNotes: 2 });
    expect(await countNotes()).toBe(before + 2);
  });

  it('says that its row is hidden, after its effect', async () => {
    const { facts, oracle } = await readOracle();
    const { nurseB } = filled.viewers;
    const hidden = facts.notes.find((note) => !oracle.seesNote(nurseB, note));
    const touched = await wards.ask(`mutation { touchNote(id: "${hidden?.id}") { id } }`, nurseB);
    expect(touched).toMatchObject({ status: 200, code: 'FORBIDDEN', data: { touchNote: null } });
    expect(touched.errors[0].message).toBe(
      'The mutation has taken effect, but this part of its result is hidden from you. ' +
        'You do not have access to Mutation.touchNote: it requires admission by NOTE_AUTHOR or NOTE_READER.',
    );
  });
});

describe('an event', () => {
  it('is sent, on every node, to exactly those for whom its row exists', async () => {
    const { nurseA, nurseB, doctorA } = filled.viewers;
    const opened = wards.nodes.flatMap((node) =>
      viewers.map((viewer) => {
        const socket = wards.openSocket(node, viewer);
        return { viewer, ...socket.subscribe('subscription { noteAdded { id patient { id } } }') };
      }),
    );
    await expect.poll(wards.subscriptionCount).toBe(opened.length);
    const patients = await wards.db.patient.findMany({ orderBy: { id: 'asc' } });
    const made: string[] = [];
    const add = async (patientId: string, authorId: string, isConfidential: boolean) => {
      const data = { patientId, authorId, isConfidential, text: 'An event about a Patient' };
      made.push((await wards.db.note.create({ data })).id);
    };
    for (const { id } of patients) {
      for (const { id: author } of [nurseA, nurseB, doctorA]) {
        for (const isConfidential of [false, true]) await add(id, author, isConfidential);
      }
    }
    // Each viewer sees its own note, which is the last one: a viewer that has received it has received all.
    const [patient] = patients;
    for (const { id } of viewers) await add(patient?.id ?? '', id, true);
    const { facts, oracle } = await readOracle();
    for (const subscription of opened) {
      const { viewer, results, result } = subscription;
      const expected = facts.notes.filter(
        (note) => made.includes(note.id) && oracle.seesNote(viewer, note),
      );
      await result(expected.length - 1);
      const seen = new Set(oracle.patientsOf(viewer).map(({ id }) => id));
      expect(
        results.map(({ data }) => data?.noteAdded),
        viewer.who,
      ).toEqual(
        expected.map(({ id, patientId }) => ({
          id,
          patient: seen.has(patientId) ? { id: patientId } : null,
        })),
      );
    }
    for (const { stop } of opened) stop();
    await wards.db.note.deleteMany({ where: { id: { in: made } } });
    await expect.poll(wards.subscriptionCount).toBe(0);
  });
});

describe('rows that change hands', () => {
  it('exist for others from then on, by every way', async () => {
    const { a, b } = filled;
    const { doctorA, nurseB, manager } = filled.viewers;
    const { id } = await patientOf('Ada');
    const move = (wardId: string) =>
      `mutation { movePatient(id: "${id}", wardId: "${wardId}") { patient { id ward { id } } } }`;
    const moved = await wards.ask(move(b.id), doctorA);
    expect(moved.body).toEqual({ data: { movePatient: { patient: null } } });
    const assign = (wardId: string, works: boolean) =>
      `assignStaff(wardId: "${wardId}", userId: "${nurseB.id}", works: ${works}) { id }`;
    const assigned = `mutation { in: ${assign(a.id, true)} out: ${assign(b.id, false)} }`;
    expect((await wards.ask(assigned, manager)).data).toEqual({
      in: { id: a.id },
      out: { id: b.id },
    });
    await expectEveryWay(viewers);
    const back = await wards.ask(move(a.id), manager);
    expect(back.data).toEqual({ movePatient: { patient: { id, ward: { id: a.id } } } });
  });
});

/** The tables that the statements of an operation read, in their order. */
async function tablesReadBy(viewer: Viewer, query: string) {
  statements = [];
  expect((await wards.ask(query, viewer)).status).toBe(200);
  return statements.map((sql) => /FROM "public"."(\w+)"/.exec(sql)?.[1]);
}

describe('a group that is lost', () => {
  it('takes along the rows that its members had by it', async () => {
    const { nurseA } = filled.viewers;
    const admin = await wards.viewer('an administrator', 'ADMIN');
    const revoke = `mutation { revokeGroup(userId: "${nurseA.id}", group: NURSE) { groups } }`;
    expect((await wards.ask(revoke, admin)).data).toEqual({ revokeGroup: { groups: [] } });
    await expectEveryWay([{ ...nurseA, groups: [] }]);
  });
});

describe('nested lists', () => {
  it('are read by one statement for each level, however many rows there are', async () => {
    const ward = await wards.db.ward.create({ data: { name: 'C' } });
    const nurse = await wards.viewer('a nurse of C', 'NURSE');
    await wards.db.wardMember.create({ data: { wardId: ward.id, userId: nurse.id } });
    const data = Array.from({ length: 100 }, (_, index) => ({
      name: `Patient ${index}`,
      wardId: ward.id,
    }));
    const patients = await wards.db.patient.createManyAndReturn({ data });
    const authors = [filled.viewers.nurseA, filled.viewers.doctorA];
    await wards.db.note.createMany({
      data: patients.flatMap(({ id: patientId }) =>
        authors.map(({ id: authorId }) => ({
          patientId,
          authorId,
          text: 'One of many',
          isConfidential: false,
        })),
      ),
    });
    const below = 'notes { patient { notes { id } } }';
    // The policies read too: those of patients the staff, and those of notes also the patients. They are asked once
    // about a row, and once more about one that was found by its id.
    const notes = ['notes', 'patients', 'ward_members'];
    const nested = [...notes, 'patients', 'ward_members', 'ward_members', ...notes];
    expect(await tablesReadBy(nurse, `{ wards { patients { ${below} } } }`)).toEqual([
      'wards',
      'patients',
      'ward_members',
      ...nested,
    ]);
    const page = `{ patients(first: 100) { edges { node { ${below} } } } }`;
    expect(await tablesReadBy(nurse, page)).toEqual(['patients', 'ward_members', ...nested]);
  });
});
