import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { printGuardedSchema } from '@graphql-gatehouse/authorization/reports';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommands } from '../support/documented-commands.ts';
import { blocksOf, namedBy, pagesWithCode, readPage } from '../support/documents.ts';
import { build, repository } from '../support/process.ts';
import { readTypeDefs } from '../support/rooms-project.ts';

/** Pages whose files are parts of one front end of the demo. The first generates what the others import. */
const pages = [
  'packages/codegen/README.md',
  'packages/client/README.md',
  'docs/guides/client-libraries.md',
];

let folder = '';
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-pages-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const schema = buildSchema(readTypeDefs().join('\n'));
  await writeFile(join(folder, 'schema.graphql'), printGuardedSchema(schema));
  for (const block of pages.flatMap((page) => blocksOf(readPage(page)))) {
    const file = namedBy(block, 'file');
    if (file === undefined) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), block.text);
  }
  const browserBlocks = pagesWithCode()
    .flatMap((page) => blocksOf(readPage(page)))
    .filter(({ mark }) => mark === 'page');
  for (const [index, { text }] of browserBlocks.entries()) {
    await writeFile(join(folder, `src/page-${index}.ts`), text);
  }
  await generate('codegen.ts');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function generate(config: string): Promise<void> {
  const { code, output } = await runCommands(
    `cd ${folder}\nnpx graphql-codegen --config ${config}`,
    [],
    {},
  );
  if (code !== 0) throw new Error(output);
}

/** Compiles the front end as Vite's template for React does. Returns what the compiler says. */
async function compileAll(): Promise<string> {
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023', 'dom'],
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
    jsx: 'react-jsx',
    strict: true,
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    noUnusedLocals: true,
    skipLibCheck: true,
    noEmit: true,
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  const words = [compiler, '--singleThreaded', '--project', folder];
  return spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout;
}

it.each(pages)('%s has no code that is not compiled', (page) => {
  const known = /^(file|excerpt): \S+$/;
  const rest = blocksOf(readPage(page)).filter(({ mark = '' }) => !known.test(mark));
  const commands = rest.filter(({ text }) => /^(npx|npm) [^\n]+\n(npm [^\n]+\n)?$/.test(text));
  expect(rest).toEqual(commands);
});

it('the code of the pages compiles in one front end', async () => {
  expect(await compileAll()).toBe('');
});

/** Each of these must be an error: if one is not, the comment above it is. */
const mistakes = [
  '<Can run="Mutation.deletRoom" />',
  '<Can run={DeleteRoomDocument} />',
  '<Can run={DeleteRoomDocument} variables={{ name: "Library" }} />',
  'new VueCan({ run: DeleteRoomDocument })',
  'new VueCan({ run: DeleteRoomDocument, variables: { name: "Library" } })',
];

it('has components that accept no mistake', async () => {
  const lines = [
    "import { Can } from '@graphql-gatehouse/client/react';",
    "import { Can as VueCan } from '@graphql-gatehouse/client/vue';",
    "import { h } from 'vue';",
    "import { DeleteRoomDocument } from './gql/graphql.ts';",
    'export const right = [',
    '  <Can run="Mutation.deleteRoom" />,',
    '  <Can run={DeleteRoomDocument} variables={{ id: "1" }}>Delete</Can>,',
    '  new VueCan({ run: "Mutation.deleteRoom" }),',
    '  new VueCan({ run: DeleteRoomDocument, variables: { id: "1" } }),',
    '  h(VueCan, { run: DeleteRoomDocument, variables: { id: "1" } }),',
    '];',
    ...mistakes.map(
      (element, index) => `// @ts-expect-error\nexport const e${index} = ${element};`,
    ),
  ];
  await writeFile(join(folder, 'src/mistakes.tsx'), lines.join('\n'));
  expect(await compileAll()).toBe('');
});

it('the plugin generates the same rules without the preset', async () => {
  const [, generates] = /`(generates: .+)`/.exec(readPage('packages/codegen/README.md')) ?? [];
  const config = `export default { schema: 'schema.graphql', ${generates} };`;
  await writeFile(join(folder, 'plugin.ts'), config);
  await generate('plugin.ts');
  const read = (file: string) => readFile(join(folder, 'src', file), 'utf8');
  expect(await read('access.ts')).toBe(await read('gql/access.ts'));
});
