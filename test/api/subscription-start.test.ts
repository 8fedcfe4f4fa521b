import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRoom } from '../support/entries.ts';
import { numbered, run } from '../support/rounds.ts';
import { subscriptionStarts } from '../support/subscription-starts.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('the start of a subscription', () => {
  it('is after every entry that was committed before, and before every later one', async () => {
    const { id, accessToken: token } = await server.aUser('MANAGER');
    const room = await addRoom(server.rooms, id);
    const starts = subscriptionStarts(async () => ({ urls: [server.url], token, room }));
    expect((await run(starts, numbered(12))).faults).toEqual([]);
  });
});
