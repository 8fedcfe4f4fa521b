export type { OperationNeeds } from '../decision/operation-needs.ts';
export { compileNeeds } from './compile-needs.ts';
export { compileGuards, compileRules, coordinatesOf } from './compile-rules.ts';
export { findPolicyPlaces, type PolicyPlaces } from './policy-places.ts';
export { findReferencePlaces, type ReferencePlace } from './reference-places.ts';
export { schemaHash } from './schema-hash.ts';
