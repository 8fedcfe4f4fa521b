import { describe, expect, it } from 'vitest';
import { tally } from '../support/wycheproof/judge.ts';
import { judgeByTokenViewer } from '../support/wycheproof/token-viewer.ts';
import { readVectors } from '../support/wycheproof/vectors.ts';

describe('tokenViewer accepts the valid tokens of Wycheproof alone', () => {
  it.each([
    { file: 'signature', accepted: 32, refused: 355 },
    { file: 'key', accepted: 1, refused: 21 },
    { file: 'crypto', accepted: 2, refused: 77 },
  ] as const)('in its file $file', async ({ file, accepted, refused }) => {
    const judged = await judgeByTokenViewer(readVectors(file));
    const found = tally(judged.map(({ verdict }) => verdict));
    expect(found).toMatchObject({ problems: [], accepted, refused });
  });
});
