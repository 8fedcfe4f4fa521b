import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';

/** Mutants that reach beyond their part of a file are left out: large parts lose few. */
const linesOfPart = 40;

/**
 * Draws a share of the library's lines, in the form of Stryker's `--mutate`: a whole run takes hours. The same seed draws
 * the same parts of the same files.
 *
 * @param {{ share: number, seed: string }} drawing `share` is a part of 1.
 * @returns {string} such as `packages/authorization/src/index.ts:41-80,...`
 */
export function drawLines({ share, seed }) {
  const parts = globSync('packages/authorization/src/**/*.ts').sort().flatMap(partsOf);
  return parts.filter((part) => numberOf(`${seed} ${part}`) < share).join(',');
}

function partsOf(path) {
  const lines = readFileSync(path, 'utf8').split('\n').length;
  return Array.from({ length: Math.ceil(lines / linesOfPart) }, (_, index) => {
    const first = index * linesOfPart + 1;
    return `${path}:${first}-${first + linesOfPart - 1}`;
  });
}

/** Returns a number from 0 to 1 that looks drawn. */
const numberOf = (text) => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
