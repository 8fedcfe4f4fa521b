/** First words of the `gatehouse` program. Domains cannot use them for their commands. */
export const coreCommands: readonly string[] = [
  ...['access-matrix', 'audit', 'check', 'client', 'config', 'dev', 'doctor', 'explain'],
  ...['generate', 'groups', 'help', 'keys', 'migrate', 'schema', 'seed', 'session', 'start'],
  'user',
];
