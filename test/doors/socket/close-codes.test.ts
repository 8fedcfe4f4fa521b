import { expect, it } from 'vitest';
import { closeOf, cutReason, errorCodeOf } from '../../../src/doors/socket/close-codes.ts';

it.each([
  { reason: '', sent: '' },
  { reason: 'GOING_AWAY', sent: 'GOING_AWAY' },
  { reason: 'x'.repeat(123), sent: 'x'.repeat(123) },
  { reason: 'x'.repeat(124), sent: 'x'.repeat(123) },
  { reason: 'é'.repeat(62), sent: 'é'.repeat(61) },
  { reason: '🚪'.repeat(31), sent: '🚪'.repeat(30) },
])('cuts the reason "$reason" to the whole characters that a frame holds', ({ reason, sent }) => {
  expect(cutReason(reason)).toBe(sent);
});

it.each([
  { ending: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' }, code: 4403 },
  { ending: { code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' }, code: 4401 },
  { ending: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' }, code: 4401 },
  { ending: { code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' }, code: 4403 },
] as const)('closes with $code for $ending.code $ending.reason', ({ ending, code }) => {
  expect(closeOf(ending)).toEqual({ code, reason: ending.reason });
});

it.each([
  { close: { code: 4401, reason: 'TOKEN_REVOKED' }, code: 'UNAUTHENTICATED' },
  { close: { code: 4403, reason: 'TOKEN_EXPIRED' }, code: 'UNAUTHENTICATED' },
  { close: { code: 4403, reason: 'GROUP_REQUIRED' }, code: 'FORBIDDEN' },
  { close: { code: 1013, reason: 'SERVICE_UNAVAILABLE' }, code: 'SERVICE_UNAVAILABLE' },
  { close: { code: 1001, reason: 'GOING_AWAY' }, code: undefined },
])('records a subscription closed with $close.code $close.reason as $code', ({ close, code }) => {
  expect(errorCodeOf(close)).toBe(code);
});
