import {
  acceptFindings,
  describeFinding,
  type Finding,
} from '@graphql-gatehouse/authorization/reports';
import { describe, expect, it } from 'vitest';

const finding = (coordinate: string, certainty: Finding['certainty']): Finding => ({
  coordinate,
  certainty,
  name: 'unchecked-id',
  problem: 'it is open',
  advice: 'close it',
});

const open = finding('Query.open', 'fails unless accepted');
const hint = finding('Bill.total', 'hint');
const broken = finding('bills.color', 'fails');

const openAfter = (acceptances: Readonly<Record<string, string>>) =>
  acceptFindings([open, hint, broken], acceptances).open.map(describeFinding);

describe('acceptances', () => {
  it('take findings and hints out, and keep the reason', () => {
    expect(acceptFindings([open, hint], { 'Query.open': ' it is meant to be open ' })).toEqual({
      open: [hint],
      accepted: [{ finding: open, reason: 'it is meant to be open' }],
    });
    expect(acceptFindings([hint], { 'Bill.total': 'it is counted with the filter' }).open).toEqual(
      [],
    );
  });

  it('take out all findings at their coordinate', () => {
    const twice = [open, { ...open, problem: 'it is open in another way' }];
    expect(acceptFindings(twice, { 'Query.open': 'both are meant' }).accepted).toHaveLength(2);
  });

  it.each(['', '  '])('fail without a reason: "%s"', (reason) => {
    expect(openAfter({ 'Query.open': reason })).toEqual([
      'Query.open: it is open: close it',
      'Bill.total: it is open: close it',
      'bills.color: it is open: close it',
      'Query.open: `accepts` gives no reason: write why it is safe',
    ]);
  });

  it.each(['Query.closed', 'toString', 'bills.color'])(
    'fail where nothing can be accepted: %s',
    (coordinate) => {
      const { open: left } = acceptFindings([open, broken], { [coordinate]: 'a reason' });
      expect(left).toEqual([
        open,
        broken,
        {
          coordinate,
          name: 'accepted-without-finding',
          problem: '`accepts` has a reason for it, but nothing that can be accepted is found here',
          advice: 'remove the line',
          certainty: 'fails',
        },
      ]);
    },
  );
});
