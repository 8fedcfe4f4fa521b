const viewer =
  '{groups schemaHash authentications{factor at}principal{__typename id ...on User{username displayName}}}';
const tokens = '{accessToken refreshToken}';

/** Returns the mutation that the client sends with these variables. */
function ask(field: string, types: Readonly<Record<string, string>>, selection = ''): string {
  const parameters = Object.entries(types).map(([name, type]) => `$${name}:${type}!`);
  const values = Object.keys(types).map((name) => `${name}:$${name}`);
  return `mutation(${parameters}){${field}(${values})${selection}}`;
}

const login = { username: 'String', password: 'String' };
const completion = { challenge: 'String', proof: 'Proof' };

/** What `@graphql-gatehouse/client` sends beside the operations of its front end. */
const ofClient: readonly string[] = [
  `{viewer${viewer}}`,
  ask('viewer:startSession', login, viewer),
  ask('tokens:login', login, tokens),
  ask('viewer:completeSession', completion, viewer),
  ask('tokens:completeLogin', completion, tokens),
  ...[{ proof: 'Proof' }, { proof: 'Proof', challenge: 'String' }].flatMap((variables) => [
    ask('session:reauthenticate', variables, '{user{id}}'),
    ask('tokens:reauthenticate', variables, tokens),
  ]),
  ask('tokens:refresh', { refreshToken: 'String' }, tokens),
  'mutation{logout}',
  'mutation{logoutEverywhere}',
];

/** What the log-in form of the playground sends. */
const ofPlayground: readonly string[] = [
  ask('startSession', login, '{groups}'),
  ask('completeSession', completion, '{groups}'),
  'query($challenge:String){passkeyOptions(challenge:$challenge){options challenge}}',
  'mutation{logout}',
  '{me{username}}',
  '{viewer{groups withheld{group enrolUntil mayEnrol}}}',
];

/**
 * The operations that Gatehouse's own clients send: they are known without a file. Their packages and pages are not loaded
 * by the server; tests compare these texts with what they send.
 */
export const builtInTexts: readonly string[] = [...new Set([...ofClient, ...ofPlayground])];
