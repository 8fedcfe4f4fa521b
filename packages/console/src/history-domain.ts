import type { Domain, HistoryRecord, PackageErrors, PackageRuntime } from 'graphql-gatehouse';
import { parseUuid, userOf, withParts } from 'graphql-gatehouse/package';
import { accountActions } from './account-actions.ts';
import { checkFirst } from './check-first.ts';

const typeDefs = /* GraphQL */ `
extend type Query {
  """
  What was recorded about the viewer's own account, and what the viewer did, latest first. A page can have fewer records than
  \`first\`, also none: continue while \`next\` is not null.
  """
  consoleHistory(
    "The maximum number of records: 1 to 100."
    first: Int = 20
    "Continue after this \`next\`."
    after: ID
  ): ConsoleHistory! @auth(or: [USER])
}

"A page of what happened to the viewer's own account."
type ConsoleHistory {
  "The records, latest first."
  records: [ConsoleRecord!]!
  "For the argument \`after\` of the next page. Null: there is no next page."
  next: ID
}

"A record about the viewer's own account, or of what the viewer did. It identifies no other account."
type ConsoleRecord {
  "The id of the record, a UUID."
  id: ID!
  "When it happened."
  at: DateTime!
  "The action, such as \`login.succeeded\` or \`membership.granted\`."
  action: String!
  "Who caused it."
  by: ConsoleCause!
  "Whether it is about the account. False: the viewer caused it, and it is about something else, such as a session."
  isAboutMe: Boolean!
  "The network address of the request, if the viewer caused it."
  ip: String
}

"Who caused a record, from the view of its reader."
enum ConsoleCause {
  "The viewer."
  ME
  "Another user, such as an administrator."
  ANOTHER_USER
  "An API client."
  API_CLIENT
  "A request without a login, such as a failed login, or the link of a mail."
  ANONYMOUS
  "The server, or a command on its machine."
  SYSTEM
}
`;

/** Two lists are read, of which one page is made. */
const cost = 20;

interface AskedHistory {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** Creates the field that shows users what happened to their own account. */
export const createHistoryDomain = (
  parts: () => Promise<Pick<PackageRuntime<unknown>, 'history' | 'errors'>>,
): Domain => ({
  name: 'console of history',
  typeDefs,
  resolvers: {
    Query: withParts(parts, {
      async consoleHistory({ history, errors }, { first, after }: AskedHistory, { viewer }) {
        const { records, nextId } = await history.read({
          userId: userOf(viewer).userId,
          first: checkFirst(errors, first),
          afterId: parseAfter(errors, after),
        });
        return { records: records.filter(isForUser), next: nextId };
      },
    }),
    ConsoleRecord: {
      by: ({ cause }: HistoryRecord) => cause,
      isAboutMe: ({ isAboutAccount }: HistoryRecord) => isAboutAccount,
    },
    ConsoleCause: { ME: 'ACCOUNT' },
  },
  costs: { 'Query.consoleHistory': cost },
});

/** Users know what they did. Of what others did to them, they see the known actions alone. */
const isForUser = ({ cause, action }: HistoryRecord): boolean =>
  cause === 'ACCOUNT' || Object.hasOwn(accountActions, action);

/** @throws BAD_USER_INPUT. */
function parseAfter(errors: PackageErrors, after: string | null | undefined): string | null {
  if (after === null || after === undefined) return null;
  const id = parseUuid(after);
  if (id === undefined) throw errors.badInput('after', '`after` must be the `next` of a page.');
  return id;
}
