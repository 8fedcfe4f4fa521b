import { expect, it } from 'vitest';
import { checkRedis } from '../../packages/redis/src/check.ts';

const check = (url: string, isProduction: boolean) =>
  checkRedis({ url, isProduction, timeoutMs: 1_000 });

it('a Redis that is reached in plain text over a network is worth a warning in production', async () => {
  const checks = await check('redis://u:heron-secret-71@0.0.0.0:1/1', true);
  expect(checks).toEqual([
    expect.objectContaining({ state: 'warning', found: expect.stringContaining('respond') }),
    expect.objectContaining({ state: 'warning', found: expect.stringContaining('encrypted') }),
  ]);
  expect(JSON.stringify(checks)).not.toContain('heron');
});

it.each([
  ['redis://0.0.0.0:1/1', false],
  ['redis://127.0.0.1:1/1', true],
  ['redis://[::1]:1/1', true],
  ['rediss://0.0.0.0:1/1', true],
])('%s, in production: %s, is not', async (url, isProduction) => {
  expect(await check(url, isProduction)).toHaveLength(1);
});
