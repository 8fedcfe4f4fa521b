import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { accessTokens } from '../authentication/forged-token.ts';
import { isOwnKind, judgeMovedSignature, judgeToken } from '../support/wycheproof/access-tokens.ts';
import { tally, type Verdict } from '../support/wycheproof/judge.ts';
import { judgeByTokenViewer } from '../support/wycheproof/token-viewer.ts';
import { allVectors, readVectors, vectorFiles } from '../support/wycheproof/vectors.ts';
import { print } from './login-world.ts';

/**
 * `npm run proof -- wycheproof`: the tokens and keys of Wycheproof for JOSE, at `tokenViewer` with the keys from a
 * server, and at the verification of Gatehouse's own access tokens. `npm test` tries all of them too; this prints what
 * became of them.
 */
function report(title: string, verdicts: readonly Verdict[]): void {
  const { cases, accepted, refused, notApplicable, problems } = tally(verdicts);
  print(`${title}: ${cases} cases, ${accepted} accepted, ${refused} refused`);
  for (const [reason, count] of Object.entries(notApplicable)) {
    print(`  ${count} valid refused by design: ${reason}`);
  }
  expect(problems).toEqual([]);
}

it.each(vectorFiles)('tokenViewer accepts the valid tokens of the file %s alone', async (file) => {
  const judged = await judgeByTokenViewer(readVectors(file));
  report(
    `tokenViewer, json_web_${file}_test`,
    judged.map(({ verdict }) => verdict),
  );
});

it('access tokens are verified strictly', () => {
  const vectors = allVectors();
  const tokens = vectors.map((vector) => judgeToken(vector, accessTokens));
  report('own access tokens, which none of these is', tokens);
  recordFigure('wycheproof.cases', tokens.length);
  const signatures = vectors.filter((vector) => !vector.isValid && isOwnKind(vector));
  report(
    'own access tokens, invalid signatures moved to them',
    signatures.map(judgeMovedSignature),
  );
});
