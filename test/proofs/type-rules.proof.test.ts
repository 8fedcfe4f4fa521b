import { it } from 'vitest';
import {
  choicesArbitrary,
  forAll,
  withoutUnhandledRejections,
} from '../authorization/property-run.ts';
import { checkChangedWorld, checkRuledWorld, newCounts } from '../authorization/ruled-property.ts';

/**
 * `npm run proof -- type-rules`: generates schemas with rules for types, data, operations and viewers, and compares all
 * answers with an oracle. Then it changes only what does not exist for a viewer, which must change no byte of its answers.
 * `SCHEMAS` changes the number of schemas.
 */
const file = 'test/proofs/type-rules.proof.test.ts';
const schemas = Number(process.env.SCHEMAS ?? 4_200);
const numbers = choicesArbitrary(2000);

it('shows what exists for a viewer, and nothing else', async () => {
  const counts = newCounts();
  const check = (drawn: readonly number[]) => checkRuledWorld(drawn, counts);
  await withoutUnhandledRejections(() =>
    forAll({
      file,
      arbitrary: numbers,
      numRuns: schemas,
      check,
      tally: counts,
      isEnough: () => counts.hidden > counts.triples / 10,
    }),
  );
});

it('says nothing about what does not exist for a viewer', async () => {
  const counts = { compared: 0 };
  const numRuns = Math.ceil(schemas / 10);
  const check = (drawn: readonly number[]) => checkChangedWorld(drawn, counts);
  const isEnough = () => counts.compared > 0;
  await withoutUnhandledRejections(() =>
    forAll({ file, arbitrary: numbers, numRuns, check, tally: counts, isEnough }),
  );
});
