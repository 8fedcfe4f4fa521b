export { describeOffence } from '../requirements/offence.ts';
export { type AccessMatrix, createAccessMatrix, toJson, toMarkdown } from './access-matrix.ts';
export { describeMatrixDifference } from './access-matrix-difference.ts';
export { ExplainError, type Explanation, explain, parseOperation } from './explain.ts';
export { findOracles } from './find-oracles.ts';
export { printExplanation } from './print-explanation.ts';
export { printFederationSchema } from './print-federation-schema.ts';
export { printGuardedSchema } from './print-schema.ts';
export { printVisibleSchema } from './print-visible-schema.ts';
