export type { OperationNeeds } from '../decision/operation-needs.ts';
export type { Rules } from '../decision/rules.ts';
export { compileNeeds } from './compile-needs.ts';
export { compileGuards, compileRules, coordinatesOf, type GuardedSchema } from './compile-rules.ts';
export { schemaHash } from './schema-hash.ts';
