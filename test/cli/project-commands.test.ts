import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { useGatehouse } from '../support/process.ts';
import { isWhole, sampleOf } from '../support/sample.ts';

const gatehouse = useGatehouse();
const config = `export default { domains: [{
  name: 'note',
  typeDefs: 'src/note.graphql',
  resolvers: { Query: { note: () => 'a note' } },
}] };`;
const sdl =
  'extend enum Group { WRITER }\nextend type Query { note: String! @auth(requires: [WRITER]) }\n';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const project = () => ['--project', gatehouse.folder()];
const file = (path: string) => join(gatehouse.folder(), path);

/** A project whose configuration needs no library. */
beforeEach(async () => {
  await mkdir(file('src'));
  await writeFile(file('gatehouse.config.mjs'), config);
  await writeFile(file('src/note.graphql'), sdl);
});

describe('gatehouse generate and check', () => {
  it('agree until the schema changes, and then name the changed cells', async () => {
    await gatehouse.runHere([...project(), 'generate']);
    // Other tools read the composed schema.
    const schema = await readFile(file('src/generated/schema.graphql'), 'utf8');
    expect(schema).toContain('note: String! @auth(requires: [WRITER])');
    await gatehouse.runHere([...project(), 'access-matrix', '--write']);
    expect(await gatehouse.runHere([...project(), 'check'])).toMatchObject({ code: 0, stderr: '' });
    await writeFile(
      file('src/note.graphql'),
      sdl.replace('requires: [WRITER]', 'requires: [WRITER, ADMIN]'),
    );
    const { code, stderr } = await gatehouse.runHere([...project(), 'check']);
    expect(code).toBe(1);
    expect(stderr).toContain('schema.graphql differs from the schema');
    expect(stderr).toContain('opens    Query.note: requirement');
    expect(stderr).toContain('ADMIN no -> yes');
    expect(stderr).not.toContain('Query.serverInfo');
  });

  it('agree about the types of codegen.ts, until they are stale or missing', async () => {
    const types = 'src/generated/resolver-types.ts';
    await symlink(modules, file('node_modules'));
    await writeFile(
      file('codegen.ts'),
      `export default {
        schema: 'src/generated/schema.graphql',
        generates: { '${types}': { plugins: ['typescript'] } },
      };`,
    );
    await gatehouse.runHere([...project(), 'generate']);
    await gatehouse.runHere([...project(), 'access-matrix', '--write']);
    expect(await gatehouse.runHere([...project(), 'check'])).toMatchObject({ code: 0, stderr: '' });
    const written = await readFile(file(types), 'utf8');
    await writeFile(file(types), written.replace('note', 'nota'));
    for (const spoil of sampleOf([async () => {}, () => rm(file(types))])) {
      await spoil();
      const { code, stderr } = await gatehouse.runHere([...project(), 'check']);
      expect(code).toBe(1);
      expect(stderr).toContain('The types of codegen.ts differ. Write them: gatehouse generate');
      expect(stderr).toContain(types);
    }
    await rm(file('src/generated'), { recursive: true });
    const { stderr } = await gatehouse.runHere([...project(), 'check']);
    expect(stderr).toBe(
      `${file('src/generated/schema.graphql')} is missing. Write it: gatehouse generate\ndocs/reference/errors/findings.md#generated-schema-differs\n`,
    );
  });

  it('refuse what cannot be composed, as a start does', async () => {
    await gatehouse.prepareDataDir();
    await writeFile(file('src/note.graphql'), sdl.replaceAll('note:', 'nota:'));
    for (const words of [['check'], ['generate'], ['start']]) {
      const { code, stderr } = await gatehouse.runHere([...project(), ...words]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining('Query.note: resolvers of the domain note: there is no such field'),
      ]);
    }
  });
});

it('a configuration in a package that is not of ES modules is refused, with what to do', async () => {
  await rm(file('gatehouse.config.mjs'));
  await writeFile(file('gatehouse.config.ts'), config);
  await writeFile(file('package.json'), '{ "type": "commonjs" }');
  const { code, stderr } = await gatehouse.runHere([...project(), 'schema']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('put "type": "module" into')]);
});

it('a configuration that imports a missing generated file is refused, with what to do', async () => {
  const schemaOf = async (imported: string) => {
    await writeFile(file('gatehouse.config.mjs'), `import './${imported}';\n${config}`);
    return gatehouse.run([...project(), 'schema']); // Vitest words the failure of an import otherwise
  };
  const generated = await schemaOf('src/generated/client.mjs');
  expect([generated.code, generated.stderr]).toEqual([
    1,
    expect.stringMatching(
      /src\/generated\/client\.mjs[\s\S]*\nTo do: gatehouse generate\n.*#generated-files-missing\n$/,
    ),
  ]);
  if (!isWhole) return;
  const other = await schemaOf('src/other.mjs');
  expect([other.code, other.stderr]).toEqual([1, expect.not.stringContaining('To do')]);
});

describe('gatehouse dev', () => {
  it.runIf(isWhole)('serves, and starts again after a change of the SDL', async () => {
    await gatehouse.prepareDataDir();
    const dev = gatehouse.start([...project(), 'dev']);
    await dev.waitForLine(/^ {2}Gatehouse {3}http/m);
    await writeFile(file('src/note.graphql'), `${sdl}\nextend enum Group { READER }\n`);
    await dev.waitForLine(/^ {2}Gatehouse {3}http[\s\S]*^ {2}Gatehouse {3}http/m);
    const schema = await readFile(file('src/generated/schema.graphql'), 'utf8');
    expect(schema).toContain('READER');
    dev.kill('SIGTERM');
    expect(await dev.exited).toMatchObject({ code: 0 });
  });
});
