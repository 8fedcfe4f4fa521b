import { describe, expect, it } from 'vitest';
import { SigningKeysError } from '../../src/authentication/keys/signing-key-set.ts';
import {
  accessTokensOf,
  isOwnKind,
  judgeMovedSignature,
  judgeToken,
} from '../support/wycheproof/access-tokens.ts';
import { tally } from '../support/wycheproof/judge.ts';
import { allVectors, readVectors } from '../support/wycheproof/vectors.ts';
import { accessTokens } from './forged-token.ts';

describe('verify, shown the tokens of Wycheproof', () => {
  it('refuses each as no access token of ours', () => {
    const verdicts = allVectors().map((vector) => judgeToken(vector, accessTokens));
    expect(tally(verdicts)).toMatchObject({ problems: [], refused: 510 });
  });

  it('refuses each of their invalid signatures on an access token', () => {
    const vectors = allVectors().filter((each) => !each.isValid && isOwnKind(each));
    expect(tally(vectors.map(judgeMovedSignature))).toMatchObject({ problems: [], refused: 51 });
  });
});

describe('the file of signing keys', () => {
  const refusedKeys = [
    'wrong_algorithm',
    'invalid_algorithm',
    'invalid_use',
    'invalid_point',
    'wrong_curve',
    'wrong_kty',
  ];
  it.each(refusedKeys)('refuses the key %s of Wycheproof', (name) => {
    const [vector] = readVectors('key').filter(({ title }) => title.includes(` ${name} `));
    expect(() => accessTokensOf(vector?.privateKeys ?? [])).toThrow(SigningKeysError);
  });
});
