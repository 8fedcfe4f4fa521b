import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExplainChoice, runExplain } from '../../src/cli/commands/explain.ts';
import { roomsProject } from '../support/rooms-project.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-explain-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function run(operation: string, choice: ExplainChoice): Promise<readonly string[]> {
  const lines: string[] = [];
  const file = await write('operation.graphql', operation);
  await runExplain(
    { print: (line) => lines.push(line), project: async () => roomsProject },
    file,
    choice,
  );
  return lines;
}

const verdict = async (operation: string, choice: ExplainChoice) =>
  (await run(operation, choice)).at(-1);

const users = 'query Users($all: Boolean) { users(includeDisabled: $all) { edges { cursor } } }';

describe('explain', () => {
  it.each<{ choice: ExplainChoice; ends: string }>([
    { choice: { anonymous: true }, ends: 'the whole operation would be denied with 401: log in.' },
    { choice: { groups: '' }, ends: 'the whole operation would be denied with 403.' },
    { choice: { groups: 'STAFF, AUDITOR' }, ends: 'the operation would run.' },
  ])('explains the outcome of the operation for $choice', async ({ choice, ends }) => {
    expect(await verdict(users, choice)).toBe(`Verdict: ${ends}`);
  });

  it('takes variables from a file', async () => {
    const variables = await write('variables.json', '{ "all": true }');
    expect(await run(users, { groups: 'AUDITOR', variables })).toContainEqual(
      expect.stringMatching(
        /Query\.users\(includeDisabled:\).*denied by @auth\(requires: \[ADMIN\]\)/,
      ),
    );
  });

  it('takes one of several operations', async () => {
    const several = `${users} query Info { serverInfo { name } }`;
    const choice = { anonymous: true, operationName: 'Info' } as const;
    expect(await verdict(several, choice)).toBe('Verdict: the operation would run.');
  });

  it.each<{ title: string; operation: string; choice: ExplainChoice; problem: RegExp }>([
    { title: 'no viewer', operation: users, choice: {}, problem: /--groups A,B/ },
    {
      title: 'two viewers',
      operation: users,
      choice: { groups: 'ADMIN', anonymous: true },
      problem: /--groups A,B/,
    },
    {
      title: 'an unknown group',
      operation: users,
      choice: { groups: 'ADMINS' },
      problem: /Unknown group "ADMINS"/,
    },
    { title: 'a syntax error', operation: '{', choice: { groups: '' }, problem: /Syntax Error/ },
    {
      title: 'a field that is not there',
      operation: '{ lost }',
      choice: { groups: '' },
      problem: /Cannot query field "lost"/,
    },
  ])('refuses $title', async ({ operation, choice, problem }) => {
    await expect(run(operation, choice)).rejects.toThrow(problem);
  });

  it.each([
    { text: '{ "all": ', problem: /is not JSON/ },
    { text: '[1]', problem: /does not contain a JSON object/ },
    { text: 'null', problem: /does not contain a JSON object/ },
    { text: '1', problem: /does not contain a JSON object/ },
  ])('refuses the variables $text', async ({ text, problem }) => {
    const variables = await write('bad.json', text);
    await expect(run(users, { groups: '', variables })).rejects.toThrow(problem);
  });
});
