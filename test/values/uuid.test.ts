import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  createRandomUuid,
  createUuid,
  createUuidSequence,
  isUuid,
  parseUuid,
} from '../../src/values/uuid.ts';

it('makes a UUID of version 7: 48 bits of time, then random ones around version and variant', () => {
  const at = new Date(0x0123_4567_89ab);
  const uuid = (fill: number) => createUuid(at, (size) => new Uint8Array(size).fill(fill));
  expect(uuid(0xff)).toBe('01234567-89ab-7fff-bfff-ffffffffffff');
  expect(uuid(0x00)).toBe('01234567-89ab-7000-8000-000000000000');
});

it('makes a UUID of version 4: random bytes around version and variant', () => {
  const uuid = (fill: number) => createRandomUuid((size) => new Uint8Array(size).fill(fill));
  expect(uuid(0xff)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  expect(uuid(0x00)).toBe('00000000-0000-4000-8000-000000000000');
});

it('reads a UUID in lower case, and nothing else', () => {
  expect(parseUuid('FFFFFFFF-ffff-4fff-bfff-ffffffffffff')).toBe(
    'ffffffff-ffff-4fff-bfff-ffffffffffff',
  );
  expect(parseUuid('ffffffff-ffff-4fff-bfff-fffffffffff')).toBeUndefined();
});

it('makes ids that are ids, all different, and in the order of their times', () => {
  const ids = Array.from({ length: 100 }, (_, n) => createUuid(new Date(1e12 + n), randomBytes));
  expect(ids.every(isUuid)).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  const alike = Array.from({ length: 100 }, () => createUuid(new Date(1e12), randomBytes));
  expect(new Set(alike).size).toBe(100);
});

it('makes a sequence of which each sorts after the ones before, whatever the clock does', () => {
  let nowMs = 1e12;
  const next = createUuidSequence(() => new Date(nowMs), randomBytes);
  const steps = [0, 1, -5_000, 0, 10_000];
  const ids = steps.flatMap((step) => {
    nowMs += step;
    return Array.from({ length: 5_000 }, next);
  });
  expect(ids.every(isUuid)).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
