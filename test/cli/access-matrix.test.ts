import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccessMatrixChoice, runAccessMatrix } from '../../src/cli/commands/access-matrix.ts';
import { roomsProject } from '../support/rooms-project.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-matrix-'));
  file = join(folder, 'access-matrix.md');
});
afterEach(() => rm(folder, { recursive: true }));

async function run(choice: AccessMatrixChoice): Promise<string> {
  const lines: string[] = [];
  await runAccessMatrix(
    { print: (line) => lines.push(line), project: async () => roomsProject },
    choice,
  );
  return lines.join('\n');
}

describe('access-matrix', () => {
  it('prints Markdown', async () => {
    expect(await run({})).toContain('| `Query.serverInfo` | public | yes |');
  });

  it('prints JSON', async () => {
    expect(JSON.parse(await run({ json: true })).columns).toContain('ADMIN');
  });

  it('writes the file, which then passes the check', async () => {
    await run({ write: true, file });
    expect(await run({ check: true, file })).toBe(`${file} is up to date with the schema.`);
  });

  it('names what differs from the file', async () => {
    await run({ write: true, file });
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('`Query.me` | `@auth` | no', '`Query.me` | public | yes'));
    await expect(run({ check: true, file })).rejects.toThrow(
      'changed  Query.me: requirement public -> @auth, anonymous yes -> no',
    );
  });

  it('names a group that is new to the file in one line', async () => {
    await run({ write: true, file });
    const text = await readFile(file, 'utf8');
    const [, last = ''] = /\| (\w+) \|$/m.exec(text) ?? [];
    await writeFile(file, text.replaceAll(/^(\|.*\|)[^|]*\|$/gm, '$1'));
    await expect(run({ check: true, file })).rejects.toThrow(
      [
        `${file} differs from the schema.`,
        `  new      column ${last}`,
        'Review each change. If all are intended, write the file: gatehouse access-matrix --write',
      ].join('\n'),
    );
  });

  it('shows what opens first where not all is shown, and counts the rest', async () => {
    await run({ write: true, file });
    const text = await readFile(file, 'utf8');
    const lines = text.split('\n').filter((line) => !line.startsWith('| `Query.rooms'));
    const changed = lines
      .join('\n')
      .replace('`Query.viewer` | `@auth` | no | yes', '`Query.viewer` | `@auth` | no | no');
    await writeFile(file, changed);
    await expect(run({ check: true, file, maxDifferences: 1 })).rejects.toThrow(
      /differs from the schema\.\n {2}opens {4}Query\.viewer: authenticated no -> yes\n {2}and \d+ new\. Show all: gatehouse check --full\n/,
    );
    await expect(run({ check: true, file })).rejects.toThrow(/\n {2}new {6}Query\.rooms: .*\n/);
  });

  it('fails when only the words around the tables differ', async () => {
    await run({ write: true, file });
    await writeFile(file, `${await readFile(file, 'utf8')}More.\n`);
    await expect(run({ check: true, file })).rejects.toThrow('Only the text differs');
  });

  it('fails without a file', async () => {
    await expect(run({ check: true, file })).rejects.toThrow(
      `${file} is missing. Write it: gatehouse access-matrix --write`,
    );
  });

  it('checks the file of the repository', async () => {
    expect(await run({ check: true })).toContain('is up to date with the schema');
  });
});
