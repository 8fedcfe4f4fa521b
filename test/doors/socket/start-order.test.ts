import { expect, it } from 'vitest';
import { createStartOrder } from '../../../src/doors/socket/start-order.ts';

/** Adds an operation, and returns whether it still waits once all that can run has run. */
function aWaiting(order: ReturnType<typeof createStartOrder>) {
  const start = order.add();
  let isWaiting = true;
  void start.afterSubscriptions().then(() => {
    isWaiting = false;
  });
  return {
    end: start.end,
    async isWaiting() {
      await new Promise((resolve) => setImmediate(resolve));
      return isWaiting;
    },
  };
}

it('lets a query run at once when nothing was sent before it', async () => {
  expect(await aWaiting(createStartOrder()).isWaiting()).toBe(false);
});

it('keeps a query waiting until every subscription before it has started', async () => {
  const order = createStartOrder();
  const [first, second] = [order.add(), order.add()];
  const query = aWaiting(order);
  second.end();
  expect(await query.isWaiting()).toBe(true);
  first.end();
  expect(await query.isWaiting()).toBe(false);
});

it('lets a query wait neither for other queries nor for later subscriptions', async () => {
  const order = createStartOrder();
  const subscription = order.add();
  const query = aWaiting(order);
  const other = aWaiting(order);
  order.add();
  expect([await query.isWaiting(), await other.isWaiting()]).toEqual([true, true]);
  subscription.end();
  expect([await query.isWaiting(), await other.isWaiting()]).toEqual([false, false]);
});

it('keeps a query waiting until an operation before it is known to be no subscription', async () => {
  const order = createStartOrder();
  const earlier = order.add();
  const query = aWaiting(order);
  expect(await query.isWaiting()).toBe(true);
  await earlier.afterSubscriptions();
  expect(await query.isWaiting()).toBe(false);
});
