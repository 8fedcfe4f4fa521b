import { buildSchema, getOperationAST, isScalarType, parse } from 'graphql';
import { expect, it } from 'vitest';
import { createPricing } from '../../../src/composition/pricing.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { createOperationChecks } from '../../../src/server/limits/check-operation.ts';

const pricing = createPricing([]);
const pages = 60;
const document = parse(
  `query ($first: Int, $keys: [Key!]) { list(keys: $keys) { ${'page(first: $first) { id } '.repeat(pages)} } }`,
);

/** A schema that tells how often it has looked at the values of a variable. */
function createCountingSchema() {
  const schema = buildSchema(`
    scalar Key
    type Query { list(keys: [Key!]): Page }
    type Page { id: ID page(first: Int = 20): Page }
  `);
  const key = schema.getType('Key');
  if (!isScalarType(key)) throw new Error('Key is no scalar.');
  let looks = 0;
  key.parseValue = (value) => {
    looks += 1;
    if (value !== 'good') throw new Error('This is no key.');
    return value;
  };
  return { schema, looks: () => looks };
}

it.each([
  { what: 'that fit', value: 'good', looks: 900 },
  { what: 'that do not, of which two tell enough', value: 'bad', looks: 2 },
])('looks once at variables $what, however many pages depend on them', ({ value, looks }) => {
  const counting = createCountingSchema();
  const { operationLimits: limits } = parseConfig({});
  const checks = createOperationChecks({ schema: counting.schema, pricing, limits });
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  const variableValues = { first: 1, keys: Array.from({ length: 900 }, () => value) };
  checks.costOf({ document, operation, variableValues });
  expect(counting.looks()).toBe(looks);
});
