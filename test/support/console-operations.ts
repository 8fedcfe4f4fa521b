import { adminPassword } from './test-server.ts';

/** A column of the order of a list, as cursors name it. */
export interface Order {
  readonly name: string;
  readonly direction: 'asc' | 'desc';
  readonly isNullable: boolean;
}

/** What variables are made from. */
export interface GrowthFacts {
  readonly users: number;
  /** Those of the user `heavy`. */
  readonly sessions: number;
  /** Returns the cursor of a row, which need not exist. */
  cursorOf(list: string, order: readonly Order[], values: readonly unknown[]): string;
}

/** An operation of the console, as a page sends it. */
export interface ConsoleCase {
  readonly title: string;
  /** Its name in the document. */
  readonly operation: string;
  readonly variables?: (facts: GrowthFacts, round: number) => Readonly<Record<string, unknown>>;
  /**
   * What it may do in every database, where that is bounded by another number than that of the rows on the page. Default:
   * as many statements as in the small database, and three times as many blocks, with some for deeper indexes.
   */
  readonly most?: { readonly statements: number; readonly blocks: number };
}

const idOf = (n: number, part = '8000') =>
  `00000000-0000-7000-${part}-${n.toString(16).padStart(12, '0')}`;
const heavy = 'ffffffff-0000-7000-8000-000000000001';
const unknown = idOf(2 ** 40);

const oldest: readonly Order[] = [{ name: 'id', direction: 'asc', isNullable: false }];
const newest: readonly Order[] = [{ name: 'id', direction: 'desc', isNullable: false }];

const farAfter =
  (list: string) =>
  ({ users, cursorOf }: GrowthFacts) =>
    cursorOf(list, oldest, [idOf(Math.floor(users * 0.8))]);

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
/** An id of an event of about that time. */
const eventAt = (days: number) => {
  const hex = Math.floor(Date.now() - days * 86_400_000)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

/**
 * A search compares the next users, and looks further if they do not fill the page: it finds a thousand names by an index,
 * and compares 20,000 users. With the statement inside the function, these are three statements, and two for sessions.
 */
export const mostOfSearch = { statements: 5, blocks: 3_000 };

const people = (title: string, given: Readonly<Record<string, unknown>>): ConsoleCase => ({
  title: `people: ${title}`,
  operation: 'People',
  variables: () => ({ withLastSeen: true, ...given }),
  ...('search' in given ? { most: mostOfSearch } : {}),
});

const peopleCases: readonly ConsoleCase[] = [
  people('first page', {}),
  people('with disabled users', { includeDisabled: true }),
  people('disabled users alone', { onlyDisabled: true }),
  {
    title: 'people: disabled users alone, far page',
    operation: 'People',
    variables: (facts) => ({ onlyDisabled: true, after: farAfter('Query.users')(facts) }),
  },
  {
    title: 'people: far page',
    operation: 'People',
    variables: (facts) => ({ withLastSeen: true, after: farAfter('Query.users')(facts) }),
  },
  people('part of all names', { search: 'user' }),
  people('part of one name in a hundred', { search: 'anna' }),
  {
    ...people('the same, far page', { search: 'anna' }),
    variables: (facts) => ({ search: 'anna', after: farAfter('Query.users')(facts) }),
  },
  people('part of the latest names', { search: 'uest-' }),
  people('part of names of disabled users', { search: 'uit-' }),
  people('part of a thousand names', { search: 'user-501' }),
  {
    ...people('part of one name', {}),
    variables: ({ users }) => ({ withLastSeen: true, search: `guest-${users - 5}` }),
  },
  people('part of no name', { search: 'zzqqzz' }),
  {
    ...people('an e-mail address', { search: '' }),
    variables: ({ users }) => ({ search: `guest-${users - 5}@example.org`, includeEmail: true }),
  },
  people('an e-mail address of many', { search: 'shared@example.org', includeEmail: true }),
  people('an e-mail address of no user', { search: 'a@b', includeEmail: true }),
  people('part of no name, disabled users alone', { search: 'zzqqzz', onlyDisabled: true }),
  { title: 'people: count', operation: 'UserCounts', variables: () => ({ withDisabled: true }) },
  people('part of no name, with disabled users', { search: 'zzqqzz', includeDisabled: true }),
  people('beginning of many names, one letter', { search: 'b' }),
  people('beginning of few names, two letters', { search: 'bc' }),
  people('beginning of the latest names', { search: 'gu' }),
  people('beginning of names of disabled users', { search: 'qu' }),
  people('beginning of no name, one letter', { search: 'y' }),
  {
    title: 'choose a person: part of a name',
    operation: 'FindPeople',
    variables: () => ({ search: 'anna' }),
    most: mostOfSearch,
  },
];

const members = (title: string, group: string): ConsoleCase => ({
  title: `group: ${title}`,
  operation: 'Members',
  variables: () => ({ group, withMemberships: true }),
});

const memberCases: readonly ConsoleCase[] = [
  members('everyone', 'STAFF'),
  {
    title: 'group: everyone, far page',
    operation: 'Members',
    variables: (facts) => ({
      group: 'STAFF',
      withMemberships: true,
      after: farAfter('Query.members')(facts),
    }),
  },
  members('three members', 'AUDITOR'),
  {
    title: 'export of members: everyone, far page',
    operation: 'ExportMembers',
    variables: (facts) => ({ group: 'STAFF', after: farAfter('Query.members')(facts) }),
  },
  { title: 'export of members', operation: 'ExportMembers', variables: () => ({ group: 'STAFF' }) },
  members('no member', 'MANAGER'),
];

const person = (title: string, operation: string, more = {}): ConsoleCase => ({
  title: `person: ${title}`,
  operation,
  variables: ({ users }) => ({ id: idOf(users - 5), ...more }),
});

const personCases: readonly ConsoleCase[] = [
  person('facts', 'Person', { withEmail: true, withLastSeen: true, withMemberships: true }),
  {
    title: 'person: facts of one with many sessions',
    operation: 'Person',
    variables: () => ({ id: heavy, withLastSeen: true, withMemberships: true }),
  },
  person('name', 'UserName'),
  person('groups', 'PersonGroups'),
  person('second factors', 'Factors'),
  { title: 'person: the last administrator', operation: 'LastAdmin' },
  { title: 'overview: factors of administrators', operation: 'AdminFactors' },
  {
    title: 'overview: failed logins',
    operation: 'FailedLogIns',
    variables: () => ({ since: new Date(0).toISOString() }),
  },
  person('verified address', 'VerifiedEmail'),
  person('sessions', 'Sessions'),
  { title: 'person: many sessions', operation: 'Sessions', variables: () => ({ id: heavy }) },
  {
    title: 'person: many sessions, far page',
    operation: 'Sessions',
    variables: ({ sessions }) => ({ id: heavy, after: idOf(Math.floor(sessions / 2), 'a000') }),
  },
  { title: 'my account: history', operation: 'History' },
  {
    title: 'my account: history, far page',
    operation: 'History',
    variables: () => ({ after: eventAt(300) }),
  },
  { title: 'my account: sessions', operation: 'OwnSessions', variables: () => ({ id: heavy }) },
  {
    title: 'person: last record',
    operation: 'LastRecord',
    variables: ({ users }) => ({ subjectId: idOf(users - 5) }),
  },
  {
    title: 'person: last record, many records',
    operation: 'LastRecord',
    variables: () => ({ subjectId: heavy }),
  },
  {
    title: 'person: no record',
    operation: 'LastRecord',
    variables: () => ({ subjectId: unknown }),
  },
];

const filters: Readonly<Record<string, ConsoleCase['variables']>> = {
  everything: () => ({}),
  'far page': ({ cursorOf }) => ({
    after: cursorOf('Query.auditEvents', newest, [eventAt(300)]),
  }),
  'a common action': () => ({ action: 'login.succeeded' }),
  'no such action': () => ({ action: 'no.such' }),
  'by one who did much': () => ({ actorId: heavy }),
  'by one who did little': ({ users }) => ({ actorId: idOf(users - 5) }),
  'by an unknown id': () => ({ actorId: unknown }),
  'about one with many records': () => ({ subjectId: heavy }),
  'about one with few records': ({ users }) => ({ subjectId: idOf(users - 5) }),
  'about an unknown id': () => ({ subjectId: unknown }),
  'of a time': () => ({ since: daysAgo(200), until: daysAgo(150) }),
  'of a time, by one who did much': () => ({
    since: daysAgo(200),
    until: daysAgo(150),
    actorId: heavy,
  }),
  'of a time, no such action': () => ({ since: daysAgo(200), action: 'no.such' }),
};

const logCases: readonly ConsoleCase[] = Object.entries(filters).flatMap(([title, variables]) =>
  ['Log', 'ExportLog'].map((operation) => ({
    title: `${operation === 'Log' ? 'log' : 'export of the log'}: ${title}`,
    operation,
    ...(variables === undefined ? {} : { variables }),
  })),
);

const unused = (days: number): ConsoleCase => ({
  title: `access: unused for ${days} days`,
  operation: 'UnusedRights',
  variables: () => ({ days }),
  // It lists a thousand memberships with their users, where there are so many.
  most: { statements: 4, blocks: 6_000 },
});

const otherCases: readonly ConsoleCase[] = [
  { title: 'programs', operation: 'Programs', variables: () => ({ withLastUsed: true }) },
  { title: 'invitations', operation: 'Invitations' },
  { title: 'access: matrix', operation: 'Matrix' },
  { title: 'access: notes of the matrix', operation: 'MatrixNotes' },
  { title: 'access: changes', operation: 'Changes' },
  {
    title: 'access: ways',
    operation: 'Ways',
    variables: () => ({ coordinate: 'User.email', first: 20 }),
  },
  { title: 'access: view', operation: 'View', variables: () => ({ groups: ['STAFF'] }) },
  { title: 'access: operations', operation: 'Operations' },
  { title: 'groups', operation: 'SchemaGroups' },
  { title: 'groups: members', operation: 'GroupCounts' },
  { title: 'new users: defaults', operation: 'Defaults', variables: () => ({ withGroups: true }) },
  { title: 'access: group', operation: 'Opened', variables: () => ({ name: 'STAFF' }) },
  {
    title: 'access: group beside others',
    operation: 'Opened',
    variables: () => ({ name: 'MANAGER', beside: ['STAFF'] }),
  },
  // No membership, most of the half that was used, and those that were granted long ago.
  ...[30, 5, 1].map(unused),
  { title: 'health', operation: 'Health' },
  { title: 'the mode of the server', operation: 'Mode' },
  { title: 'what the viewer may do', operation: 'Access' },
  { title: 'what is withheld from the viewer', operation: 'Withheld' },
  { title: 'the name of the installation', operation: 'Name' },
  { title: 'how one can log in', operation: 'LogInWays' },
  { title: 'with which providers one can log in', operation: 'Providers' },
  {
    title: 'accounts elsewhere that confirm who the viewer is',
    operation: 'LinkedProviders',
    variables: () => ({ id: heavy }),
  },
  { title: 'accounts elsewhere', operation: 'Identities', variables: () => ({ id: heavy }) },
];

/** A change of another user in each round. `from` keeps the cases apart. */
const change = (
  operation: string,
  from: number,
  toVariables: (id: string, round: number) => Readonly<Record<string, unknown>>,
): ConsoleCase => ({
  title: `change: ${operation}`,
  operation,
  variables: ({ users }, round) => toVariables(idOf(users - from - round), round),
});

const password = (round: number) => `${adminPassword}-${round}`;

const changeCases: readonly ConsoleCase[] = [
  change('CreateUser', 0, (_id, round) => ({
    input: { username: `new-${round}`, password: password(round), groups: ['STAFF'] },
  })),
  change('UpdateUser', 10, (id, round) => ({ id, input: { displayName: `Name ${round}` } })),
  change('GrantGroup', 20, (userId) => ({ userId, group: 'MANAGER' })),
  change('RevokeGroup', 30, (userId) => ({ userId, group: 'STAFF' })),
  change('DisableUser', 40, (id) => ({ id })),
  // Those of the case before.
  change('EnableUser', 40, (id) => ({ id })),
  change('DeleteUser', 50, (id) => ({ id })),
  {
    title: 'change: ResetPassword',
    operation: 'ResetPassword',
    // The newest tenth resets a password by mail.
    variables: ({ users }, round) => ({
      id: idOf(Math.floor(users * 0.8) - round),
      newPassword: password(round),
    }),
  },
  change('SendPasswordReset', 70, (userId) => ({ userId })),
  change('ResetFactors', 80, (userId) => ({ userId })),
  change('OpenEnrolment', 90, (userId) => ({ userId })),
  {
    title: 'change: EndSession',
    operation: 'EndSession',
    variables: ({ users }, round) => ({ id: idOf(users - 20 - round, '9000') }),
  },
  change('CreateProgram', 0, (_id, round) => ({ name: `new-${round}`, groups: ['STAFF'] })),
  change('RotateSecret', 0, (_id, round) => ({ id: idOf(1 + round, 'b000') })),
  change('DisableProgram', 0, (_id, round) => ({ id: idOf(11 + round, 'b000') })),
  change('InviteUser', 0, (_id, round) => ({ input: { email: `new-${round}@example.org` } })),
  change('CancelInvitation', 0, (_id, round) => ({ id: idOf(1 + round, 'c000') })),
];

/** Every operation of the pages, with the values that could make it slow. Changes come last. */
export const consoleCases: readonly ConsoleCase[] = [
  ...peopleCases,
  ...memberCases,
  ...personCases,
  ...logCases,
  ...otherCases,
  ...changeCases,
];

/**
 * A subscription sends rows by their ids, a passkey or a provider is asked for before anyone has logged in, a sign-up takes the answer of one, the address of a
 * log-out is that of a provider, and what users do with their own account takes the answers of devices or providers, a password, or a proof.
 */
export const unmeasuredOperations: readonly string[] = [
  'NewRecords',
  'PasskeyOptions',
  'BeginProviderLogin',
  'ProviderLogoutUrl',
  'SignUpByProvider',
  'LinkProvider',
  'UnlinkProvider',
  'SetIdentityDisabled',
  'EnrolOtp',
  'ConfirmOtp',
  'BeginPasskey',
  'AddPasskey',
  'RemoveFactor',
  'RenewRecoveryCodes',
  'ChangePassword',
  'ChangeEmail',
  'RequestVerification',
];
