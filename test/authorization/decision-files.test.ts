import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const library = 'packages/authorization/src';
const guide = readFileSync('docs/reference/authorization.md', 'utf8');

/** The rows of the table that has a file in its second column. */
const places = [...guide.matchAll(/^\| ([\d, ]+) \| `([^`]+\.ts)` \| `(\w+)`/gm)].map(
  ([, steps = '', file = '', name = '']) => ({ steps: steps.split(', ').map(Number), file, name }),
);

describe('the page about how a decision is made', () => {
  it('names the place of each of its steps', () => {
    const described = [...guide.matchAll(/^\| (\d) \| [^`]/gm)].map(([, step]) => Number(step));
    expect(described).toHaveLength(8);
    expect([...new Set(places.flatMap(({ steps }) => steps))]).toEqual(described);
  });

  it.each(places)('finds $name in $file', ({ file, name }) => {
    const source = readFileSync(join(library, file), 'utf8');
    expect(source).toMatch(
      new RegExp(`^(export )?(const|function|type|interface) ${name}\\b`, 'm'),
    );
  });
});
