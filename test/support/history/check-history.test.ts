import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { HistoryEvent } from './events.ts';

/** An event from one time to another; the server confirmed it unless stated otherwise. */
const at = (startedAtMs: number, endedAtMs: number, isDone = true) => ({
  userId: 'u',
  startedAtMs,
  endedAtMs,
  isDone,
});
const login: HistoryEvent = { kind: 'login', token: 't', ...at(0, 1) };
const use = (startedAtMs: number, status: number): HistoryEvent => ({
  kind: 'use',
  token: 't',
  status,
  ...at(startedAtMs, startedAtMs + 2),
});
const useGroup = (startedAtMs: number, status: number): HistoryEvent => ({
  ...use(startedAtMs, status),
  kind: 'useGroup',
  token: 't',
  status,
});
const logout: HistoryEvent = { kind: 'logout', token: 't', ...at(10, 12) };
const change = (kind: 'disable' | 'enable' | 'grant' | 'revoke', from: number): HistoryEvent => ({
  kind,
  ...at(from, from + 2),
});
const granted = [login, change('grant', 3)];
const loginAt = (from: number): HistoryEvent => ({
  kind: 'login',
  token: 'new',
  ...at(from, from + 2),
});

describe('the check of a history', () => {
  it.each<[string, readonly HistoryEvent[]]>([
    ['a use of a session that is alive', [login, use(5, 200)]],
    ['a refusal after a logout', [login, logout, use(13, 401)]],
    ['a use that overlaps the logout, let through', [login, logout, use(11, 200)]],
    ['a use that overlaps the logout, refused', [login, logout, use(11, 401)]],
    ['a logout that was refused', [login, { ...logout, isDone: false }, use(13, 200)]],
    ['a refusal after the user was disabled', [login, change('disable', 10), use(13, 401)]],
    ['a login beside its enabling', [change('disable', 0), change('enable', 5), loginAt(6)]],
    ['a granted group', [login, change('grant', 3), useGroup(6, 200)]],
    ['a revoked group', [login, change('grant', 3), change('revoke', 6), useGroup(9, 403)]],
    [
      'a group granted again',
      [...granted, change('revoke', 6), change('grant', 9), useGroup(12, 200)],
    ],
    ['a group that is being granted', [login, change('grant', 6), useGroup(7, 403)]],
  ])('accepts %s', (_, events) => {
    expect(checkHistory(events)).toEqual([]);
  });

  it.each<[string, readonly HistoryEvent[]]>([
    ['an ended session got through', [login, logout, use(13, 200)]],
    ['an ended session got through', [login, change('disable', 10), use(13, 200)]],
    [
      'an ended session got through',
      [login, change('disable', 10), change('enable', 13), use(16, 200)],
    ],
    ['an ended session got through', [login, logout, useGroup(13, 403)]],
    ['a live session was refused', [login, use(5, 401)]],
    [
      'a live session was refused',
      [change('disable', -9), change('enable', -6), login, use(5, 401)],
    ],
    ['a disabled user logged in', [change('disable', 0), loginAt(5)]],
    ['a revoked group got through', [login, useGroup(5, 200)]],
    ['a revoked group got through', [...granted, change('revoke', 6), useGroup(9, 200)]],
    ['a granted group was refused', [...granted, useGroup(6, 403)]],
    ['a token that no login gave', [use(5, 200)]],
  ])('finds that %s', (what, events) => {
    expect(checkHistory(events).map((fault) => fault.what)).toEqual([what]);
  });

  it('concludes nothing from a request that could not be answered', () => {
    expect(checkHistory([...granted, logout, use(13, 503), useGroup(16, 503)])).toEqual([]);
  });

  it('keeps the histories of users apart', () => {
    const others: HistoryEvent = { ...change('disable', 2), userId: 'other' };
    expect(checkHistory([login, others, use(5, 200)])).toEqual([]);
  });
});
