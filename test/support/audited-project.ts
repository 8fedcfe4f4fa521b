import { rights } from '@graphql-gatehouse/rights';
import { defineConfig, defineDomain } from 'graphql-gatehouse';
import type { Project } from '../../src/schema/project.ts';

/** A patient. Their names can be changed. */
const patients = Array.from({ length: 1_500 }, (_, index) => ({
  id: `p${index}`,
  name: `Patient ${index}`,
  ssn: index === 1 ? null : `ssn-${index}`,
}));

const domain = defineDomain({
  name: 'patient',
  typeDefs: `extend enum Group { STAFF }
    type Patient @auth(requires: [STAFF]) {
      id: ID!
      name: String!
      ssn: String @audited(reason: "Section 7 of the hospital's rules")
    }
    type Notice { text: String! @audited }
    type Sample @auth(requires: [STAFF]) { id: ID value: Int @audited }
    type SignIn @auth(requires: [STAFF]) { id: ID! action: String! @audited sample: Sample }
    extend type Query {
      patients(first: Int = 3): [Patient!]! @auth(requires: [STAFF])
      notice: Notice! @public
      "Has no id."
      sample: Sample! @auth(requires: [STAFF])
    }
    extend type Mutation {
      "Renames a patient."
      renamePatient(id: ID!, name: String!): Patient! @auth(requires: [STAFF])
      "Renames a patient, and returns the former name."
      replaceName(id: ID!, name: String!): String! @auth(requires: [STAFF]) @audited
    }
    extend type Subscription {
      signedIn: SignIn! @auth(requires: [STAFF])
    }`,
  resolvers: {
    Query: {
      patients: (_query, { first }: { readonly first: number }) => patients.slice(0, first),
      notice: () => ({ text: 'Visits end at eight.' }),
      sample: () => ({ value: 7 }),
    },
    SignIn: { sample: () => ({ value: 7 }) },
    Mutation: {
      renamePatient(_mutation, { id, name }: { readonly id: string; readonly name: string }) {
        const patient = patients.find((each) => each.id === id);
        return patient && Object.assign(patient, { name });
      },
      replaceName(_mutation, { id, name }: { readonly id: string; readonly name: string }) {
        const patient = patients.find((each) => each.id === id);
        const former = patient?.name;
        if (patient !== undefined) patient.name = name;
        return former;
      },
    },
  },
  events: {
    signedIn: {
      table: 'gatehouse.audit_events',
      read: async (ids) => ids.map((id) => ({ id, action: 'login.succeeded' })),
    },
  },
});

/** A project with audited fields of objects, of a type without ids, of mutations and of events. */
export const auditedProject: Project = {
  directory: import.meta.dirname,
  config: defineConfig({ domains: [domain], packages: [rights()] }),
};
