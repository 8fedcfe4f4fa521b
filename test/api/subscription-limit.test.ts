import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ environment: { MAX_SUBSCRIPTIONS_PER_VIEWER: '3' } });
});
afterAll(() => server.stop());

const untilOpen = (count: number) =>
  expect.poll(() => server.events.subscriberCount(), { interval: 5 }).toBe(count);

it('refuses subscriptions beyond the limit of a viewer, on all sockets and fields together', async () => {
  const [viewer, other] = [await server.aUser('AUDITOR'), await server.aUser('AUDITOR')];
  const sockets = [viewer, viewer, other].map(({ accessToken: token }) =>
    openTestSocket(server.url, { token }),
  );
  const [one, two, ofOther] = sockets;
  const [entered, added] = [
    'subscription { roomEntered { id } }',
    'subscription { auditEventAdded { id } }',
  ];
  const first = one?.subscribe(entered);
  one?.subscribe(added);
  two?.subscribe(added);
  await untilOpen(3);
  const refusal = [
    {
      message: 'You have too many open subscriptions. At most 3 are allowed.',
      path: ['roomEntered'],
      extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', max: 3 },
    },
  ];
  expect(await one?.subscribe(entered).ended).toMatchObject(refusal);
  expect(await two?.subscribe(entered).ended).toMatchObject(refusal);
  ofOther?.subscribe(entered);
  await untilOpen(4);

  first?.stop();
  await untilOpen(3);
  two?.subscribe(entered);
  await untilOpen(4);
  await one?.close();
  await untilOpen(3);
  two?.subscribe(added);
  await untilOpen(4);
  expect(await two?.subscribe(added).ended).toMatchObject([
    { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } },
  ]);
  await Promise.all(sockets.map((socket) => socket.close()));
});
