import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { createFindRule } from '@graphql-gatehouse/authorization/decision';
import { printGuardedSchema } from '@graphql-gatehouse/authorization/reports';
import { schemaHash } from '@graphql-gatehouse/authorization/rules';
import { createGatehouseClient } from '@graphql-gatehouse/client';
import { plugin, preset } from '@graphql-gatehouse/codegen';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../support/compile.ts';
import { build, repository } from '../support/process.ts';
import { readTypeDefs } from '../support/rooms-project.ts';

const schema = buildSchema(readTypeDefs().join('\n'));
const operations = `
  query Users($all: Boolean, $withMail: Boolean! = false) {
    users(includeDisabled: $all) { edges { node { id ...Mail @include(if: $withMail) } } }
  }
  fragment Mail on User { email }
  mutation Update($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }
  query Info { serverInfo { name } }
`;

let folder = '';
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-codegen-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'schema.graphql'), printGuardedSchema(schema));
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'src/operations.graphql'), operations);
  const config = { emitLegacyCommonJSImports: false, importExtension: '.ts' } as const;
  await generate({
    silent: true,
    schema: join(folder, 'schema.graphql'),
    documents: join(folder, 'src/operations.graphql'),
    generates: {
      [`${folder}/src/gql/`]: { preset, config, presetConfig: { operations: true } },
      [`${folder}/src/texts/`]: {
        preset,
        config: { ...config, documentMode: 'string' },
        presetConfig: { register: false, persistedDocuments: true },
      },
    },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = (file: string) => import(join(folder, 'src', file));
const read = (file: string) => readFile(join(folder, 'src', file), 'utf8');

describe('the preset', () => {
  it('generates the texts of the operations as they are sent, by their SHA-256, if that is asked for', async () => {
    const texts: Record<string, string> = JSON.parse(await read('gql/operations.json'));
    const { UsersDocument, UpdateDocument, InfoDocument } = await load('gql/graphql.ts');
    const sent = [UsersDocument, UpdateDocument, InfoDocument].map(
      ({ __meta__ }) => __meta__.gatehouse.text,
    );
    expect(Object.values(texts).sort()).toEqual(sent.sort());
    for (const [id, text] of Object.entries(texts)) {
      expect(createHash('sha256').update(text).digest('hex')).toBe(id);
    }
    await expect(read('texts/operations.json')).rejects.toThrow('ENOENT');
  });

  it('generates the rules and the hash of the schema that the server has', async () => {
    const { rules, schemaHash: hash } = await load('gql/access.ts');
    expect(hash).toBe(schemaHash(schema));
    expect(createFindRule(rules)('Query.users(includeDisabled:)')?.requirement).toEqual([
      { requires: ['ADMIN'], or: [] },
    ]);
  });

  it.each(['gql', 'texts'])('attaches to each document of %s what it needs', async (output) => {
    const { rules, schemaHash: hash } = await load('gql/access.ts');
    const documents = await load(`${output}/graphql.ts`);
    const viewer = { state: 'authenticated', groups: ['AUDITOR'], principal: null } as const;
    const client = createGatehouseClient({
      url: '/',
      session: 'cookie',
      rules,
      schemaHash: hash,
      viewer,
    });
    const { UsersDocument, UpdateDocument, InfoDocument } = documents;
    const input = { username: 'ada' };
    expect([
      client.can(UsersDocument),
      client.can(UsersDocument, { withMail: true }),
      client.can(UsersDocument, { all: true }),
      client.can(UpdateDocument, { id: '1', input: {} }),
      client.can(UpdateDocument, { id: '1', input }),
      client.can(InfoDocument),
    ]).toEqual(['allowed', 'depends', 'denied', 'depends', 'denied', 'allowed']);
  });

  it('keeps the text of a document once, and the metadata of others', async () => {
    const { UsersDocument } = await load('gql/graphql.ts');
    expect(UsersDocument.__meta__.gatehouse.text).toMatch(/^query Users\(.*fragment Mail on User/);
    const texts = await load('texts/graphql.ts');
    expect(texts.UsersDocument.__meta__.gatehouse.text).toBeUndefined();
    expect(texts.UsersDocument.__meta__.hash).toMatch(/^[0-9a-f]{40}$/);
  });

  it('leaves out the registration, where a project has several schemas', async () => {
    expect(await read('gql/access.ts')).toContain("declare module '@graphql-gatehouse/client'");
    expect(await read('texts/access.ts')).not.toContain('declare module');
  });
});

const consumer = `
import { createGatehouseClient } from '@graphql-gatehouse/client';
import { useCan } from '@graphql-gatehouse/client/react';
import { rules, schemaHash } from './gql/access.ts';
import { InfoDocument, UpdateDocument, UsersDocument } from './gql/graphql.ts';

const client = createGatehouseClient({ url: '/graphql', rules, schemaHash, session: 'cookie' });
client.can('Mutation.createRoom');
client.can('Query.users(includeDisabled:)');
client.can(InfoDocument);
client.can(UsersDocument, { all: true });
client.can(UpdateDocument, { id: '1', input: { username: 'ada' } });
useCan('Mutation.createRoom');
useCan(UpdateDocument, { id: '1', input: {} });
export const name: Promise<string> = client.fetch(InfoDocument).then(({ serverInfo }) => serverInfo.name);
export const signal = client.fetch(InfoDocument, {}, { signal: AbortSignal.timeout(1000) });
`;

const refused = [
  "client.can('Mutation.creatRoom');",
  "client.can('Query.users(include:)');",
  'client.can(UpdateDocument);',
  "client.can(UpdateDocument, { id: '1', input: { user: 'ada' } });",
  "useCan('Mutation.creatRoom');",
  'useCan(UpdateDocument);',
  'client.fetch(UpdateDocument, {});',
  'export const wrong: Promise<number> = client.fetch(InfoDocument).then(({ serverInfo }) => serverInfo.name);',
];

it.each([
  ['nodenext', []],
  ['esnext', ['--moduleResolution', 'bundler']],
])(
  'has types that fit a front end, and refuse mistakes, with --module %s',
  async (module, more) => {
    // Each of these must be an error: if it is not, the comment is one.
    const mistakes = refused.map((line) => `// @ts-expect-error\n${line}`);
    await writeFile(join(folder, 'src/consumer.ts'), [consumer, ...mistakes].join('\n'));
    const options = ['--module', module, ...more, '--allowImportingTsExtensions', '--noEmit'];
    const files = ['src/consumer.ts', '--lib', 'es2023,dom', '--types', ''];
    expect(await compile(folder, [...files, ...options])).toBe('');
  },
);

it('refuses a schema with a root field that has no guard', async () => {
  const bare = buildSchema(`${readTypeDefs().join('\n')} extend type Query { open: Int }`);
  expect(() => plugin(bare, [], {})).toThrow('Query.open: a root field must have @auth or @public');
});
