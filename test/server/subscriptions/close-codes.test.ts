import { expect, it } from 'vitest';
import { cutReason } from '../../../src/server/subscriptions/close-codes.ts';

it.each([
  { reason: '', told: '' },
  { reason: 'GOING_AWAY', told: 'GOING_AWAY' },
  { reason: 'x'.repeat(123), told: 'x'.repeat(123) },
  { reason: 'x'.repeat(124), told: 'x'.repeat(123) },
  { reason: 'é'.repeat(62), told: 'é'.repeat(61) },
  { reason: '🚪'.repeat(31), told: '🚪'.repeat(30) },
])(
  'tells of the reason "$reason" as many whole characters as a frame holds',
  ({ reason, told }) => {
    expect(cutReason(reason)).toBe(told);
  },
);
