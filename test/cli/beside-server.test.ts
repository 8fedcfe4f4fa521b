import { describe, expect, it, onTestFinished } from 'vitest';
import { ask } from '../support/ask.ts';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';
import { createPostgresDatabase } from '../support/test-database.ts';

const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

it('says that the server has the embedded database open, and does nothing', async () => {
  await gatehouse.prepareDataDir();
  const server = await gatehouse.serveHere({ ADMIN_PASSWORD: password });
  const exit = await gatehouse.runHere(['user', 'create', 'sam', '--generate-password', '--json']);
  expect(exit.code).toBe(1);
  expect(exit.stderr).toContain('is in use by process');
  expect(JSON.parse(exit.stdout).error.message).toContain('is in use by process');
  expect(await logIn(server.url, 'admin', password)).toMatchObject({ groups: ['ADMIN'] });
  await server.stop();
});

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'beside a server on PostgreSQL',
  () => {
    it('what a command ends or takes away is over when it answers', async () => {
      const { url: DATABASE_URL, drop } = await createPostgresDatabase();
      onTestFinished(drop);
      const environment = { DATABASE_URL, ADMIN_PASSWORD: password };
      const server = await gatehouse.serveHere(environment);
      const run = async (...words: readonly string[]) => {
        const exit = await gatehouse.runHere([...words, '--json'], environment, password);
        expect(exit).toMatchObject({ code: 0, stderr: '' });
        return JSON.parse(exit.stdout);
      };
      const token = async () => (await logIn(server.url, 'sam', password)).accessToken ?? '';
      const me = async (accessToken: string) => {
        const query = '{ me { groups } }';
        const answer = await ask(`${server.url}/graphql`, query, { token: accessToken });
        return answer.data?.me.groups ?? answer.reason;
      };

      await run('user', 'create', 'sam', '--password-stdin');
      const tokens = [await token(), await token(), await token()] as const;
      await run('user', 'grant', 'sam', 'AUDITOR');
      expect(await me(tokens[0])).toEqual(['AUDITOR', 'STAFF']);

      const { sessions } = await run('session', 'list', 'sam');
      expect(sessions).toHaveLength(3);
      expect(Object.keys(sessions[0]).join()).not.toMatch(/token|hash/i);
      const first = await run('session', 'list', 'sam', '--first', '2');
      expect(first).toMatchObject({
        sessions: sessions.slice(0, 2),
        pageInfo: { hasNextPage: true },
      });
      const rest = await run('session', 'list', 'sam', '--after', first.pageInfo.endCursor);
      expect(rest).toMatchObject({
        sessions: sessions.slice(2),
        pageInfo: { hasNextPage: false },
      });
      expect(await run('session', 'end', sessions[2].id)).toEqual({ ended: 1 });
      expect(await run('session', 'end', sessions[2].id)).toEqual({ ended: 0 });
      expect(await Promise.all(tokens.map(me))).toEqual([
        'TOKEN_REVOKED',
        ['AUDITOR', 'STAFF'],
        ['AUDITOR', 'STAFF'],
      ]);
      expect(await run('session', 'end', '--all-of', 'sam')).toEqual({ ended: 2 });
      expect(await Promise.all(tokens.map(me))).toEqual(Array(3).fill('TOKEN_REVOKED'));

      const last = await token();
      await run('user', 'disable', 'sam');
      expect(await me(last)).toBe('TOKEN_REVOKED');
      expect(await server.stop()).toMatchObject({ code: 0 });
    });
  },
);
