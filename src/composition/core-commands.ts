/** The commands of the `gatehouse` program. Domains cannot use these names. */
export const coreCommands: readonly string[] = [
  ...['access-matrix', 'audit', 'check', 'client', 'config', 'dev', 'doctor', 'explain'],
  ...['generate', 'groups', 'help', 'keys', 'migrate', 'schema', 'seed', 'session', 'start'],
  'user',
];
