import { expect, it } from 'vitest';
import { accountActions } from '../../packages/console/src/account-actions.ts';
import { findAuditActions } from '../support/audit-actions.ts';

/** Actions that are not about an account, or after which it is gone. */
const others = [
  'access_history.pruned',
  'audit.pruned',
  'client.created',
  'client.disabled',
  'client.secret_rotated',
  'group.dropped',
  'group.renamed',
  'invitation.cancelled',
  'place.invited',
  'place.uninvited',
  'provider.login_failed',
  'provider.logout_failed',
  'refresh.reused',
  'user.deleted',
  'user.invited',
];

it('names each action of Gatehouse and of its packages that can be about a user', async () => {
  expect([...Object.keys(accountActions), ...others].sort()).toEqual(await findAuditActions());
});
