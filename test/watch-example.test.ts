import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { repository } from './support/process.ts';
import { startTestServer, userPassword } from './support/test-server.ts';

const example = 'examples/watch-rooms.mjs';

describe('the client of subscriptions', () => {
  it('tells each entry, also after its token has ended', async () => {
    const server = await startTestServer({ environment: { ACCESS_TOKEN_SECONDS: '3' } });
    onTestFinished(() => server.stop());
    const { username } = await server.aUser('MANAGER', 'STAFF');
    const { database } = server.connection;
    const { id: userId } = await database.user.findFirstOrThrow({ where: { username } });
    const { id: roomId } = await server.rooms.room.create({
      data: { name: 'Lab', floor: 1, groups: [] },
    });

    const client = spawn(process.execPath, [example, server.url, username, userPassword], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void client.kill());
    const lines: string[] = [];
    createInterface(client.stdout).on('line', (line) => lines.push(line));

    const isWatched = () => server.events.subscriberCount();
    for (const entries of [1, 2, 3]) {
      await expect.poll(isWatched, { timeout: 20_000, interval: 5 }).toBe(1);
      await server.rooms.roomEntry.create({ data: { roomId, userId } });
      await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(entries);
      await expect.poll(isWatched, { timeout: 20_000, interval: 5 }).toBe(0);
    }
    expect(lines.map((line) => JSON.parse(line).roomEntered)).toEqual(
      Array(3).fill({ room: { name: 'Lab' }, user: { username }, enteredAt: expect.any(String) }),
    );
  }, 120_000);
});
