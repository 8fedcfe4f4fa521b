import { describe, expect, it } from 'vitest';
import {
  actionKinds,
  isRefusal,
  toActionWords,
} from '../../packages/console/pages/src/log/action-words.ts';
import { ownerOf, toDetailWords } from '../../packages/console/pages/src/log/detail-words.ts';
import { findAuditActions } from '../support/audit-actions.ts';

describe('the words of the log', () => {
  it('are there for each action of Gatehouse and of its packages, once', async () => {
    const named = actionKinds.flatMap(({ actions }) => Object.keys(actions));
    expect(named.sort()).toEqual(await findAuditActions());
    const words = named.map(toActionWords);
    expect(new Set(words).size).toBe(words.length);
  });

  it('leave the actions of a project, and what it wrote, as they are', () => {
    const detail = 'PASSWORD until 2026-12-05T20:00:00.000Z';
    expect(toActionWords('door.opened')).toBe('door.opened');
    expect(isRefusal('door.opened')).toBe(false);
    expect(toDetailWords({ action: 'door.opened', detail })).toBe(detail);
    expect(toDetailWords({ action: 'factor.renamed', detail })).toBe(detail);
  });

  it('name the factors of a log-in', () => {
    const detail = 'PASSWORD, PASSKEY, BADGE';
    expect(toDetailWords({ action: 'login.succeeded', detail })).toBe(
      'by password, passkey, BADGE',
    );
  });

  it('show times in the zone of the browser', () => {
    const detail = 'MANAGER until 2026-12-05T20:00:00.000Z';
    expect(toDetailWords({ action: 'membership.granted', detail })).toMatch(
      /^MANAGER until (?!.*T20:).*2026/,
    );
  });

  it('find whose session has ended', () => {
    const id = '019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071';
    const event = { action: 'session.ended', detail: `of user ${id}; more than 20 sessions` };
    expect(ownerOf(event)).toBe(id);
    expect(toDetailWords(event)).toBe('more than 20 sessions');
    expect(ownerOf({ ...event, action: 'door.closed' })).toBeUndefined();
  });
});
