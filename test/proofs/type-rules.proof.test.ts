import { it } from 'vitest';
import { compareChangedWorlds, compareRuledWorlds } from '../authorization/ruled-property.ts';

/**
 * `npm run proof -- type-rules`: generates schemas with rules for types, data, operations and viewers, and compares all
 * answers with an oracle. Then it changes only what does not exist for a viewer, which must change no byte of its answers.
 * `SCHEMAS` changes the number of schemas.
 */
const file = 'test/proofs/type-rules.proof.test.ts';
const schemas = Number(process.env.SCHEMAS ?? 4_200);

it('shows what exists for a viewer, and nothing else', () =>
  compareRuledWorlds({ file, numRuns: schemas, isPlain: false }));

it('says nothing about what does not exist for a viewer', () =>
  compareChangedWorlds({ file, numRuns: Math.ceil(schemas / 10) }));
