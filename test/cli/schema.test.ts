import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { runSchema, type SchemaChoice } from '../../src/cli/commands/schema.ts';
import { useGatehouse } from '../support/process.ts';
import { roomsProject } from '../support/rooms-project.ts';

async function run(choice: SchemaChoice): Promise<string> {
  const lines: string[] = [];
  await runSchema({ print: (line) => lines.push(line), project: async () => roomsProject }, choice);
  return lines.join('\n');
}

describe('schema', () => {
  it('prints SDL with its directives, which can be built again', async () => {
    const sdl = await run({});
    expect(sdl).toContain('email: String @auth(requires: [ADMIN], or: [SELF])');
    expect(() => buildSchema(sdl)).not.toThrow();
  });

  it('prints what a router in front understands', async () => {
    const sdl = await run({ federation: true });
    expect(sdl).toContain('@requiresScopes(scopes: [["ADMIN"], ["AUDITOR"], ["MANAGER"]])');
    expect(() => parse(sdl)).not.toThrow();
  });

  it('asks a router only for the policies that it gets results for', async () => {
    expect(await run({ federation: true })).not.toContain('@policy');
    const sdl = await run({ federation: true, policies: 'USER' });
    expect(sdl).toContain('logout: Boolean! @authenticated @policy(policies: [["USER"]])');
    expect(sdl).not.toContain('"ROOM_MEMBER"');
    await expect(run({ federation: true, policies: 'ABSENT' })).rejects.toThrow('"ABSENT"');
    await expect(run({ policies: 'USER' })).rejects.toThrow('Use --policies with --federation.');
  });

  it.each([
    { choice: { anonymous: true }, sees: 'login(', notSees: 'me: User' },
    { choice: { viewer: '' }, sees: 'me: User', notSees: 'users(' },
    { choice: { viewer: 'MANAGER' }, sees: 'users(', notSees: 'disableUser(' },
    { choice: { viewer: 'MANAGER, ADMIN' }, sees: 'disableUser(', notSees: 'auditEvents(' },
  ] as const)('prints what $choice sees', async ({ choice, sees, notSees }) => {
    const sdl = await run(choice);
    expect(sdl).toContain(sees);
    expect(sdl).not.toContain(notSees);
    expect(() => buildSchema(sdl)).not.toThrow();
  });

  it('refuses an unknown group, and two forms at once', async () => {
    await expect(run({ viewer: 'ABSENT' })).rejects.toThrow('Unknown group "ABSENT"');
    await expect(run({ viewer: 'ADMIN', federation: true })).rejects.toThrow('Use only one of');
  });
});

describe('the commands for those who own the schema', () => {
  const gatehouse = useGatehouse();

  it('run without settings and without a database', async () => {
    const operation = join(gatehouse.folder(), 'operation.graphql');
    await writeFile(operation, '{ me { email } }');
    const broken = { DATABASE_URL: 'no URL at all', PORT: 'none' };
    const [schema, matrix, explained, refused] = await Promise.all([
      gatehouse.runHere(['schema'], broken),
      gatehouse.runHere(['access-matrix', '--check'], broken),
      gatehouse.runHere(['explain', operation, '--groups', 'ADMIN'], broken),
      gatehouse.runHere(['explain', operation, '--groups', 'ABSENT'], broken),
    ]);
    expect(schema).toMatchObject({ code: 0, stderr: '' });
    expect(schema.stdout).toContain('directive @auth');
    expect(matrix).toMatchObject({ code: 0, stderr: '' });
    expect(explained).toMatchObject({ code: 0, stderr: '' });
    expect(explained.stdout).toMatch(/Verdict: the operation would run\.\n$/);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('Unknown group "ABSENT"');
  });
});

describe('the import of a project', () => {
  const gatehouse = useGatehouse();

  it('follows no paths of a tsconfig.json in the working folder', async () => {
    const paths = { gatehouse: ['./other.ts'] };
    const folder = gatehouse.folder();
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { baseUrl: '.', paths } }),
    );
    await writeFile(join(folder, 'other.ts'), "throw new Error('This is not Gatehouse.');\n");
    const rooms = fileURLToPath(new URL('../../examples/rooms', import.meta.url));
    expect(await gatehouse.run(['--project', rooms, 'schema'])).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});
