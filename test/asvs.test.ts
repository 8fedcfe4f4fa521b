import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type NamedTest,
  readAsvsLevels,
  readAsvsRows,
  readAsvsSummary,
  states,
} from './support/asvs/page.ts';
import { repository } from './support/process.ts';

const rows = readAsvsRows();

/** Reasons for a requirement that is met without a test. */
const withoutTest = ['nothing to test', 'a page'];

/** Whether the title of a test stands in its file, in quotes. A file that is missing is an error. */
function isThere({ file, title }: NamedTest): boolean {
  const source = readFileSync(join(repository, file), 'utf8');
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
}

describe('the page about OWASP ASVS', () => {
  it('has every requirement of its chapters, in order, with its level', () => {
    expect(rows.map(({ number, level }) => [number, level])).toEqual([...readAsvsLevels()]);
  });

  it('says what Gatehouse does, or why a requirement does not apply', () => {
    expect(rows.filter(({ text }) => text === '')).toEqual([]);
  });

  it('names a test for what is met, in whole or in part', () => {
    const tested = rows.filter(({ state }) => state === 'met' || state === 'partly');
    const untested = tested.filter(
      ({ tests, state, reason }) =>
        tests.length === 0 && !(state === 'met' && withoutTest.includes(reason)),
    );
    expect(untested).toEqual([]);
  });

  it('names tests that exist', () => {
    const named = rows.flatMap(({ tests }) => tests);
    expect(named.filter((each) => !isThere(each))).toEqual([]);
  });

  it('counts its rows by state', () => {
    const counts = states.map((state) => rows.filter((row) => row.state === state).length);
    expect(readAsvsSummary()).toEqual([rows.length, ...counts]);
  });
});
