import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  askAudited,
  createAuditedWorld,
  executors,
  nurse,
  toTexts,
  visitor,
} from './audited-world.ts';

const patients = [
  {
    id: 'p1',
    name: 'Ada',
    ssn: '1',
    address: { street: 'A', city: 'X' },
    visits: [{ id: 7, text: 'x' }],
  },
  { id: 'p2', name: 'Bob', ssn: null, address: null, visits: [] },
  {
    id: 'p3',
    name: 'Eve',
    ssn: '3',
    address: { street: null, city: 'Y' },
    visits: [
      { id: 8, text: 'y' },
      { id: 9, text: 'z' },
    ],
  },
];

const sdl = /* GraphQL */ `
  interface Person { id: ID! birthday: String @audited }
  type Patient implements Person {
    id: ID!
    name: String!
    ssn: String @audited(reason: "health")
    birthday: String
    note: String @auth(requires: [NURSE]) @audited
    address: Address
    visits: [Visit!]!
    broken: String @audited
    brokenList: [String] @audited
    strict: String! @audited
  }
  type Doctor implements Person { id: ID! birthday: String }
  type Address { street: String @audited city: String }
  type Visit @audited { id: ID! text: String! failing: String }
  type Summary { total: Int @audited }
  union Found = Patient | Doctor | Summary
  type PatientEdge { node: Patient cursor: String @audited }
  type PatientConnection { edges: [PatientEdge!]! }
  type Query {
    patients: [Patient] @public
    patient(id: ID!): Patient @public
    grid: [[Patient!]!] @public
    people: [Person!]! @public
    found: [Found!]! @public
    connection: PatientConnection @public
    version: String @public @audited
    slow: [Patient] @public
  }
  type Mutation { admit(id: ID!): Patient @public strictly: Patient! @public discharge: String @public @audited }
`;

const doctor = { __typename: 'Doctor', id: 'd1' };
const typed = patients.map((patient) => ({ __typename: 'Patient', ...patient }));

const resolvers = {
  Patient: {
    broken() {
      throw new GraphQLError('broken');
    },
    brokenList: () => ['a', new GraphQLError('b')],
    strict: ({ id }: { id: string }) => (id === 'p2' ? null : 's'),
  },
  Visit: {
    failing() {
      throw new GraphQLError('failing');
    },
  },
  Query: {
    patients: () => patients,
    patient: (_source: unknown, { id }: { id: string }) => patients.find((each) => each.id === id),
    grid: () => [patients.slice(0, 1), patients.slice(1)],
    people: () => [...typed, doctor],
    found: () => [...typed, doctor, { __typename: 'Summary', total: 3 }],
    connection: () => ({ edges: patients.map((node) => ({ node, cursor: node.id })) }),
    version: () => '1',
    slow: async () => patients.map(async (patient) => patient),
  },
  Mutation: {
    admit: (_source: unknown, { id }: { id: string }) => patients.find((each) => each.id === id),
    strictly: () => patients[0],
    discharge: () => 'done',
  },
};

describe.each(executors)('the reads of an answer by $by', ({ run }) => {
  it.each([
    { query: '{ patients { id name } }', reads: [] },
    { query: '{ patients { name ssn } }', reads: ['Patient.ssn of Patient p1,p2,p3'] },
    {
      query: '{ patients { a: ssn ... on Patient { ssn } } }',
      reads: ['Patient.ssn of Patient p1,p2,p3'],
    },
    {
      query: '{ a: patient(id: "p1") { ssn } b: patient(id: "p1") { x: ssn } }',
      reads: ['Patient.ssn of Patient p1'],
    },
    { query: '{ grid { ssn } }', reads: ['Patient.ssn of Patient p1,p2,p3'] },
    { query: '{ slow { ssn } }', reads: ['Patient.ssn of Patient p1,p2,p3'] },
    {
      query: '{ people { birthday } }',
      reads: ['Patient.birthday of Patient p1,p2,p3', 'Doctor.birthday of Doctor d1'],
    },
    {
      query: '{ found { ... on Person { birthday } ... on Summary { total } } }',
      reads: [
        'Patient.birthday of Patient p1,p2,p3',
        'Doctor.birthday of Doctor d1',
        'Summary.total',
      ],
    },
    { query: '{ patients { address { city } } }', reads: [] },
    { query: '{ patients { address { street } } }', reads: ['Address.street of Patient p1,p3'] },
    { query: '{ version __typename }', reads: ['Query.version'] },
    { query: '{ connection { edges { cursor } } }', reads: ['PatientEdge.cursor'] },
    {
      query: '{ connection { edges { node { ssn } } } }',
      reads: ['Patient.ssn of Patient p1,p2,p3'],
    },
    { query: '{ patients { visits { text id } } }', reads: ['Visit of Visit 7,8,9'] },
    { query: '{ patients { visits { __typename } } }', reads: [] },
    { query: '{ patients { ssn @skip(if: true) name } }', reads: [] },
    { query: '{ patient(id: "none") { ssn } }', reads: [] },
    { query: '{ patients { ssn broken } }', reads: ['Patient.ssn of Patient p1,p2,p3'] },
    { query: '{ patients { brokenList } }', reads: ['Patient.brokenList of Patient p1,p2,p3'] },
    {
      query: '{ patients { strict ssn } }',
      reads: ['Patient.strict of Patient p1,p3', 'Patient.ssn of Patient p1,p3'],
    },
    { query: '{ patients { visits { failing } } }', reads: [] },
    { query: '{ patients { visits { failing text } } }', reads: ['Visit of Visit 7,8,9'] },
    {
      query: 'mutation { admit(id: "p1") { ssn } discharge }',
      reads: ['Patient.ssn of Patient p1', 'Mutation.discharge'],
    },
  ])('are what it holds: $query', async ({ query, reads }) => {
    const world = createAuditedWorld(sdl, resolvers);
    const finished = await askAudited(world, { query, context: visitor, run });
    expect(world.deliveries.flatMap((each) => toTexts(each.reads))).toEqual(reads);
    expect(world.deliveries.length).toBe(reads.length === 0 ? 0 : 1);
    const noStore = reads.length === 0 ? {} : { 'cache-control': 'no-store' };
    expect(finished.headers).toEqual(noStore);
  });

  it('come with the operation, the context of its viewer, and the reason', async () => {
    const world = createAuditedWorld(sdl, resolvers);
    await askAudited(world, {
      query: 'query A { patient(id: "p1") { ssn } }',
      context: nurse,
      run,
    });
    expect(world.deliveries).toEqual([
      {
        context: nurse,
        document: expect.objectContaining({ kind: 'Document' }),
        operationName: undefined,
        operation: 'query',
        reads: [{ coordinate: 'Patient.ssn', reason: 'health', type: 'Patient', ids: ['p1'] }],
      },
    ]);
  });
});
