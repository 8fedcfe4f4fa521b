import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oidc, providers } from '@graphql-gatehouse/providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckCommand } from '../../packages/operations/src/commands/check.ts';
import { decideFiles } from '../../packages/operations/src/registry/decide-files.ts';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import type { Project } from '../../src/schema/project.ts';
import { projectWith } from '../support/package-server.ts';
import { webPackages } from '../support/web-example.ts';

const directory = fileURLToPath(new URL('../../examples/web/', import.meta.url));
const written = join(directory, 'src/generated/operations.json');
const reviewed = join(directory, 'operations.md');

const acme = oidc({ issuer: 'https://id.acme.example' });

type Guards = Project['config']['guards'];

/** The API that the front end is built for, with other guards. */
function projectOf(guards: Guards = {}): Project {
  const project = projectWith([...webPackages, providers({ ACME: acme })]);
  return {
    ...project,
    config: { ...project.config, guards: { ...project.config.guards, ...guards } },
  };
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-web-operations-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Checks the operations of the front end. Returns what is printed, and the problems. */
async function check(guards: Guards, file = reviewed) {
  const composed = createSchemaReport(projectOf(guards)).composed();
  const choice = { files: [written], write: false, file };
  const { lines, problems } = await createCheckCommand([]).run(composed, choice);
  return { printed: lines.join('\n'), error: problems.join('\n') };
}

describe('the operations of the example web', () => {
  it('are decided for each group in a reviewed file', async () => {
    const { markdown, problems } = decideFiles(createSchemaReport(projectOf()).composed(), [
      written,
    ]);
    expect(problems).toEqual([]);
    await expect(markdown).toMatchFileSnapshot(reviewed);
  });

  it('fail the check when a guard is made stricter, with those that it breaks, for whom, and the guard', async () => {
    const { error } = await check({ 'Mutation.joinByInvitation': { factors: 2 } });
    expect(error).toMatch(/worse.*JoinByInvitation.*AUDITOR/);
    expect(error).toMatch(/Mutation\.joinByInvitation: @auth\(.*factors: 2/);
    expect(error).not.toMatch(/worse.*Rooms/);
  });

  it('pass the check when a guard is made weaker, which says for whom what opens', async () => {
    const { printed, error } = await check({ 'Mutation.joinByInvitation': { maxAge: null } });
    expect(error).toBe('');
    expect(printed).toMatch(/opens.*JoinByInvitation.*STAFF/);
  });

  it('fail the check when the reviewed file is missing', async () => {
    const { error } = await check({}, join(folder, 'operations.md'));
    expect(error).toContain('is missing');
  });
});
