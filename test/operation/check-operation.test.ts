import { buildSchema, isScalarType, parse } from 'graphql';
import { expect, it } from 'vitest';
import { anonymous } from '../../src/authentication/viewer.ts';
import { parseConfig } from '../../src/config/config.ts';
import { createOperationCheck } from '../../src/operation/check-operation.ts';
import { createPricing } from '../../src/schema/pricing.ts';
import { createTestContext } from '../support/test-context.ts';

const contextValue = createTestContext(anonymous('TOKEN_MISSING'));
const pricing = createPricing([]);
const pages = 60;
const document = parse(
  `query ($first: Int, $keys: [Key!]) { list(keys: $keys) { ${'page(first: $first) { id } '.repeat(pages)} } }`,
);

/** A schema that counts how often it has looked at the values of a variable. */
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
])('looks once at variables $what, however many pages depend on them', async ({ value, looks }) => {
  const counting = createCountingSchema();
  const { operationLimits: limits } = parseConfig({});
  const authorization = { schema: counting.schema, authorizeOperation: () => [] };
  const check = createOperationCheck({ authorization, pricing, limits });
  const variableValues = { first: 1, keys: Array.from({ length: 900 }, () => value) };
  await check({ document, variableValues, contextValue });
  expect(counting.looks()).toBe(looks);
});
