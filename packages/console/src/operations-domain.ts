import type { CheckedRegistry, Domain, PackageRuntime } from 'graphql-gatehouse';
import { withParts } from 'graphql-gatehouse/package';

/** What the console adds where the project has the package `operations`. */
const typeDefs = /* GraphQL */ `
extend type Query {
  "The operations of front ends, with a verdict for each kind of viewer."
  consoleOperations: ConsoleOperations! @auth(requires: [ADMIN, AUDITOR])
}

"The operations of front ends."
type ConsoleOperations {
  "Kinds of viewers, and the sets of groups of the configuration."
  columns: [String!]!
  "The files and folders. Empty: the configuration names none."
  files: [ConsoleOperationFile!]!
  "What is wrong with the files, and operations that are left out."
  problems: [String!]!
}

"The operations of one file or folder."
type ConsoleOperationFile {
  "Its path from the folder of the project."
  name: String!
  "The operations, by name."
  operations: [ConsoleOperation!]!
}

"One operation, and what each kind of viewer gets for it."
type ConsoleOperation {
  "Its name."
  name: String!
  "The most that it can cost."
  cost: Int!
  "The deprecated coordinates that it uses."
  deprecated: [String!]!
  "What each column gets, in the order of the columns."
  verdicts: [String!]!
}
`;

/** An operation is decided for each kind of viewer. */
const cost = 1_000;

/** Creates the field that shows what `operations check` decides. */
export const createOperationsDomain = (
  parts: () => Promise<Pick<PackageRuntime<unknown>, 'reports'>>,
): Domain => ({
  name: 'console of operations',
  typeDefs,
  resolvers: {
    Query: withParts(parts, { consoleOperations: ({ reports }) => reports.operations() }),
    ConsoleOperations: {
      columns: ({ registry }: CheckedRegistry) => registry.columns,
      files: ({ registry }: CheckedRegistry) => registry.files,
    },
  },
  costs: { 'Query.consoleOperations': cost },
});
