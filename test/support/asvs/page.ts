import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPage } from '../documents.ts';
import { repository } from '../process.ts';

const page = 'docs/operations/asvs.md';

export const states = ['met', 'partly', 'not met', 'operator', 'not applicable'] as const;
const stateSchema = z.enum(states);

/** A test that the page names: its file in `test`, and its title as the source has it. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** A row of the page. `tests` is empty where the last column has a reason, or nothing. */
export interface AsvsRow {
  readonly number: string;
  readonly level: number;
  readonly state: (typeof states)[number];
  readonly text: string;
  readonly tests: readonly NamedTest[];
  readonly reason: string;
}

/** Reads the rows of the page about OWASP ASVS. @throws {ZodError} for an unknown state. */
export const readAsvsRows = (): readonly AsvsRow[] =>
  cellsOf(readPage(page)).flatMap(([requirement = '', level, state, text = '', last = '']) => {
    const number = /^\d+\.\d+\.\d+/.exec(requirement)?.[0];
    if (number === undefined) return [];
    const tests = last.split('<br>').flatMap(toNamedTest);
    const reason = tests.length === 0 ? last : '';
    const row = { number, level: Number(level), state: stateSchema.parse(state) };
    return [{ ...row, text, tests, reason }];
  });

/** Reads the numbers of the page's summary: of each state, in the row of all chapters. */
export function readAsvsSummary(): readonly number[] {
  const [all = []] = cellsOf(readPage(page)).filter(([first]) => first === 'all');
  return all.slice(1).map(Number);
}

/** Reads the level of each requirement of these chapters, by its number. */
export function readAsvsLevels(): ReadonlyMap<string, number> {
  const path = join(repository, 'test/vectors/asvs/levels.json');
  const schema = z.object({ levels: z.record(z.string(), z.int()) });
  return new Map(Object.entries(schema.parse(JSON.parse(readFileSync(path, 'utf8'))).levels));
}

const cellsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

function toNamedTest(text: string): readonly NamedTest[] {
  const [, file, quoted, plain] =
    /^\[[^\]]+\]\(\.\.\/\.\.\/(test\/[^)]+)\): (?:`` (.+) ``|`(.+)`)$/.exec(text) ?? [];
  const title = quoted ?? plain;
  return file === undefined || title === undefined ? [] : [{ file, title }];
}
