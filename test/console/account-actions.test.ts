import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { accountActions } from '../../packages/console/src/account-actions.ts';

/** Actions that are not about an account, or after which it is gone. */
const others = [
  'access_history.pruned',
  'client.created',
  'client.disabled',
  'client.secret_rotated',
  'group.dropped',
  'group.renamed',
  'invitation.cancelled',
  'refresh.reused',
  'session.new_device',
  'session.opened',
  'user.deleted',
  'user.invited',
];

it('names each action of Gatehouse and of its packages that can be about a user', async () => {
  const found = new Set<string>();
  for (const folder of ['src/identity', ...(await packageSources())]) {
    for (const name of await readdir(folder, { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      const text = await readFile(join(folder, name), 'utf8');
      for (const [, action] of text.matchAll(actionForm)) found.add(action ?? '');
    }
  }
  expect([...found].sort()).toEqual([...Object.keys(accountActions), ...others].sort());
});

/** Texts whose first part is one of what actions are about. */
const actionForm =
  /'((?:access_history|client|email|email_undo|enrolment|factors?|group|invitation|link|login|membership|otp|passkey|password|recovery_codes?|refresh|session|user)\.(?!id')[a-z_]+)'/g;

const packageSources = async (): Promise<readonly string[]> =>
  (await readdir('packages'))
    .filter((name) => name !== 'console')
    .map((name) => `packages/${name}/src`);
