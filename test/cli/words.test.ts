import { describe, expect, it } from 'vitest';
import { namesIn, parseMoment, parseWhole, requireGroups } from '../../src/cli/words.ts';
import { roomsProject } from '../support/rooms-project.ts';

describe('a moment that a person types', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-01-31T12:30:00Z', '2026-01-31T12:30:00.000Z'],
    ['2026-01-31t12:30:00.25z', '2026-01-31T12:30:00.250Z'],
    ['2026-01-31 12:30:00+02:00', '2026-01-31T10:30:00.000Z'],
  ])('is taken as it is meant: %s', (text, moment) => {
    expect(parseMoment(text).toISOString()).toBe(moment);
  });

  it.each([
    ['yesterday'],
    [''],
    ['2026'],
    ['2026-02-29'],
    ['2026-13-01'],
    ['31.01.2026'],
    ['1767225600'],
    ['2026-01-31T12:30:00'],
    ['2026-01-31T25:00:00Z'],
    ['2026-02-30T12:00:00Z'],
  ])('is refused when it could be meant in two ways, or in none: %j', (text) => {
    expect(() => parseMoment(text)).toThrow('Expected a date such as 2026-01-31');
  });
});

describe('a list of groups that a person types', () => {
  it.each([
    ['STAFF', ['STAFF']],
    ['STAFF, ADMIN', ['STAFF', 'ADMIN']],
    ['', []],
  ])('is %j', (text, groups) => {
    expect(namesIn(text)).toEqual(groups);
  });

  it.each([['BOSS'], ['staff'], ['STAFF;ADMIN'], ['toString']])('is refused: %s', async (text) => {
    await expect(requireGroups({ project: async () => roomsProject }, [text])).rejects.toThrow(
      'The groups are ADMIN, AUDITOR, MANAGER, STAFF.',
    );
  });
});

describe('a number that a person types', () => {
  it('is a whole one', () => {
    expect([parseWhole('0'), parseWhole('42')]).toEqual([0, 42]);
  });

  it.each([['-1'], ['1.5'], [''], ['ten'], ['0x10'], ['1e3']])('is refused: %j', (text) => {
    expect(() => parseWhole(text)).toThrow('Expected a whole number.');
  });
});
