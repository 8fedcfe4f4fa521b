import { expect, it } from 'vitest';
import { checkHistory } from '../support/history/check-history.ts';
import { recordHistory } from '../support/history/record-history.ts';
import { useGatehouse } from '../support/process.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

/** A short sample of `npm run proof -- history`. */
const operations = 120;
const gatehouse = useGatehouse();

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'two nodes let no request through that began after an acknowledged end',
  async () => {
    const { urls, username, password } = await startNodeBesideTest(gatehouse, {
      LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
      LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
    });
    const admin = { username, password };
    const events = await recordHistory({ urls, admin, clients: 8, operations });
    expect(checkHistory(events)).toEqual([]);
    expect(events.filter((event) => event.kind === 'use' && event.status === 200)).not.toEqual([]);
  },
);
