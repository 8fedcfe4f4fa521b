import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { repository } from '../support/process.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const example = 'examples/watch-room.ts';
const tokenLifeMs = 601_000;

it('the example of subscriptions prints each entry across tokens, until its session ends', async () => {
  let aheadMs = 0;
  const startedAt = Date.now();
  const server = await startTestServer({ now: () => new Date(startedAt + aheadMs) });
  onTestFinished(() => server.stop());
  const { id: userId, username } = await server.aUser('MANAGER', 'STAFF');
  const { id: roomId } = await server.rooms.room.create({
    data: { name: 'Lab', floor: 1, groups: [] },
  });

  const client = spawn(
    process.execPath,
    ['--import', 'tsx', example, server.url, username, userPassword, roomId],
    { cwd: repository, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exited = once(client, 'exit');
  onTestFinished(() => void client.kill());
  const lines: string[] = [];
  createInterface(client.stdout).on('line', (line) => lines.push(line));

  const isWatched = () => server.events.subscriberCount();
  const { membership } = server.connection.database;
  const expireToken = async (group: string) => {
    aheadMs += tokenLifeMs;
    await membership.create({ data: { userId, group } }); // the server checks the viewer again
  };
  const ids: string[] = [];
  for (const entries of [1, 2, 3]) {
    await expect.poll(isWatched, { interval: 5 }).toBe(1);
    ids.push((await server.rooms.roomEntry.create({ data: { roomId, userId } })).id);
    await expect.poll(() => lines.length, { interval: 5 }).toBe(entries);
    await expireToken(`GROUP_${entries}`);
    await expect.poll(isWatched, { interval: 5 }).toBe(0);
  }
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    ids.map((id) => ({ id, user: { username }, enteredAt: expect.any(String) })),
  );
  await server.connection.database.session.updateMany({
    where: { userId },
    data: { endedAt: new Date() },
  });
  expect(await exited).toEqual([1, null]);
});
