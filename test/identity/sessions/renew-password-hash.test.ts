import { expect, it } from 'vitest';
import { ServiceUnavailableError } from '../../../src/errors.ts';
import { createRenewPasswordHash } from '../../../src/identity/sessions/renew-password-hash.ts';

const account = { id: 'the-id', passwordHash: 'old' };
const nothing = async () => {};

it('keeps a hash while the queue is full, and reports why', async () => {
  const errors: unknown[] = [];
  const busy = new ServiceUnavailableError();
  const renew = createRenewPasswordHash({
    passwords: { isOutdated: () => true, hash: () => Promise.reject(busy) },
    passwordHashes: { renew: () => Promise.reject(new Error('never asked')) },
    onRenewError: (error) => void errors.push(error),
  });
  await expect(renew(account, 'password')).resolves.toBeUndefined();
  expect(errors).toEqual([busy]);
});

it('puts the new hash in the place of the one that was checked, and of no other', async () => {
  const renewed: unknown[] = [];
  const renew = createRenewPasswordHash({
    passwords: { isOutdated: (hash) => hash === 'old', hash: async () => 'new' },
    passwordHashes: { renew: async (hashes) => void renewed.push(hashes) },
    onRenewError: nothing,
  });
  await renew(account, 'password');
  await renew({ ...account, passwordHash: 'current' }, 'password');
  expect(renewed).toEqual([{ userId: 'the-id', oldHash: 'old', newHash: 'new' }]);
});
