import { it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { compareExecutions } from '../authorization/execute-property.ts';
import { settings } from '../authorization/execute-settings.ts';

/**
 * `npm run proof -- execution`: generates schemas and operations, and compares what compiled operations answer, and the
 * calls of their resolvers, with graphql-js. `SCHEMAS` changes the number of schemas of each kind.
 */
const file = 'test/proofs/execution.proof.test.ts';
const schemas = Number(process.env.SCHEMAS ?? 1_000);

let operations = 0;

it.each(settings)('answers as graphql-js does, to the byte, on schemas of $of', async (each) => {
  operations += (await compareExecutions(file, each.createSetting, schemas)).operations;
  recordFigure('execution.operations', operations);
});
