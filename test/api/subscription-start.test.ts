import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterTogether, subscribeBetweenBatches } from '../support/subscription-starts.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('the start of a subscription', () => {
  it('is after every entry that was committed before, and before every later one', async () => {
    const { id: userId, accessToken: token } = await server.aUser('MANAGER');
    const { id: roomId } = await server.rooms.room.create({
      data: { name: 'Lab', floor: 1, groups: [] },
    });
    const enter = (count: number) => enterTogether(server.rooms, { roomId, userId }, count);
    const { faults } = await subscribeBetweenBatches({
      urls: [server.url],
      token,
      enter,
      subscriptions: 12,
      maxRows: 50,
    });
    expect(faults).toEqual([]);
  });
});
