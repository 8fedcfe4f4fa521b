import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { repository, useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();
const file = (path: string) => join(gatehouse.folder(), path);
const run = (...words: readonly string[]) =>
  gatehouse.runHere(['--project', gatehouse.folder(), ...words]);

/** Writes a project whose provider has this map. */
const write = (map: Readonly<Record<string, string | readonly string[]>>) =>
  writeFile(
    file('gatehouse.config.mjs'),
    `import { oidc, providers } from '${repository}/packages/providers/src/index.ts';
    const groups = { claim: 'groups', map: ${JSON.stringify(map)} };
    export default {
      domains: [{ name: 'note', typeDefs: 'src/note.graphql', resolvers: { Query: { notes: () => [], drafts: () => [] } } }],
      packages: [providers({ ACME: oidc({ issuer: 'https://id.acme.example', groups }) })],
    };`,
  );

beforeEach(async () => {
  await mkdir(file('src'));
  await writeFile(
    file('src/note.graphql'),
    `extend enum Group { WRITER READER CHIEF @implies(groups: [ADMIN]) }
    extend type Query {
      notes: [String!]! @auth(requires: [WRITER, READER])
      drafts: [String!]! @auth(requires: [WRITER])
    }`,
  );
});

it('shows what each value of a claim gives, and what that opens, before it is deployed', async () => {
  await write({ pens: 'WRITER', 'all eyes': ['READER'] });
  const { code, stdout } = await run('providers', 'groups');
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toEqual([
    'ACME: groups "pens" gives WRITER, which opens:',
    '  Query.notes',
    '  Query.drafts',
    'ACME: groups "all eyes" gives READER, which opens:',
    '  Query.notes',
  ]);
});

it.each([
  [{ pens: 'NO_SUCH' }, 'ACME maps "pens" to NO_SUCH, which is no group of the schema.'],
  [{ boss: ['CHIEF'] }, 'ACME maps "boss" to a group that implies ADMIN. Name ADMIN beside it.'],
])('fails the check for the map %o', async (map, problem) => {
  await write(map);
  for (const words of [['providers', 'groups'], ['check']]) {
    const { code, stdout, stderr } = await run(...words);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(problem);
  }
});

it('takes ADMIN where it is named', async () => {
  await write({ boss: ['CHIEF', 'ADMIN'] });
  expect((await run('providers', 'groups')).code).toBe(0);
});

it('says in the access matrix what logins at providers cannot meet', async () => {
  await writeFile(
    file('gatehouse.config.mjs'),
    `import { oidc, providers } from '${repository}/packages/providers/src/index.ts';
    export default {
      domains: [{ name: 'note', typeDefs: 'src/note.graphql', resolvers: { Query: { notes: () => [], drafts: () => [] } } }],
      packages: [providers({
        ACME: oidc({ issuer: 'https://id.acme.example', proves: { mfa: 2 } }),
        PLAIN: oidc({ issuer: 'https://id.plain.example' }),
        GOOGLE: oidc({ issuer: 'https://accounts.google.com', allow: { hd: ['example.org'] } }),
      })],
    };`,
  );
  const { code, stdout } = await run('access-matrix');
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.startsWith('- Logins at'))).toEqual([
    '- Logins at **PLAIN** are one kind of factor, so alone they meet no 2 **factors**.',
    '- Logins at **GOOGLE** have no time, so they meet no **s**; they are one kind of factor, so alone they meet no 2 **factors**.',
  ]);
});
