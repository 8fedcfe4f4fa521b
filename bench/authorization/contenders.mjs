import { createBaseline } from './contenders/baseline.mjs';
import { createGenericAuth, createPlainEnvelop } from './contenders/envelop.mjs';
import {
  createGatehouse,
  createGatehouseCompiled,
  createGatehouseGuards,
} from './contenders/gatehouse.mjs';
import { createAuthz } from './contenders/graphql-authz.mjs';
import { createShield } from './contenders/graphql-shield.mjs';
import { createAsyncDirective, createSyncDirective } from './contenders/map-schema-directive.mjs';
import { createPothos } from './contenders/pothos.mjs';
import { createTypeGraphql } from './contenders/type-graphql.mjs';
import { shuffled } from './measure.mjs';
import { cases, createDocument } from './scenario.mjs';

/**
 * Everyone who is measured. `guards: false` marks those that let everything pass: the baseline, the
 * baseline once more for the noise of the measurement, and Envelop alone. `reference`: of interest
 * beside a contender, no contender itself.
 */
const registry = (library) => [
  { name: 'no authorization', guards: false, create: createBaseline },
  { name: 'no authorization, again', guards: false, create: createBaseline },
  { name: 'Gatehouse', guards: true, create: createGatehouse(library) },
  { name: 'Gatehouse, compiled queries', guards: true, create: createGatehouseCompiled(library) },
  {
    name: 'Gatehouse, resolvers alone',
    guards: true,
    reference: true,
    create: createGatehouseGuards(library),
  },
  { name: 'mapSchema directive, async', guards: true, create: createAsyncDirective },
  { name: 'mapSchema directive, sync', guards: true, create: createSyncDirective },
  { name: 'graphql-shield', guards: true, create: createShield },
  { name: '@graphql-authz/core', guards: true, create: createAuthz },
  { name: '@envelop/generic-auth', guards: true, create: createGenericAuth },
  { name: 'Envelop without it', guards: false, reference: true, create: createPlainEnvelop },
  { name: '@pothos/plugin-scope-auth', guards: true, create: createPothos },
  { name: 'type-graphql @Authorized', guards: true, create: createTypeGraphql },
];

/**
 * Builds all of them, each with its own schema and its own documents, in an order drawn by `random`: who
 * is built first may be a little faster or slower for as long as the process lives.
 */
export function createContenders(library, random) {
  const everyone = registry(library);
  const built = new Map(shuffled(everyone, random).map((entry) => [entry, build(entry)]));
  return everyone.map((entry) => built.get(entry));
}

function build({ create, ...contender }) {
  const { schema, run } = create();
  const names = new Set(cases.map(({ document }) => document));
  const documents = Object.fromEntries(
    [...names].map((name) => [name, createDocument(schema, name)]),
  );
  return { ...contender, schema, run, documents };
}
