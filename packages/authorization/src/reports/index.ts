export { describeOffence } from '../requirements/declarations.ts';
export {
  type Access,
  type AccessMatrix,
  type AccessRow,
  createAccessMatrix,
  toJson,
  toMarkdown,
} from './access-matrix.ts';
export { describeMatrixDifference } from './access-matrix-difference.ts';
export {
  ExplainError,
  type ExplainedCoordinate,
  type ExplainRequest,
  type Explanation,
  explain,
  parseOperation,
  type Verdict,
} from './explain.ts';
export { findOracles } from './find-oracles.ts';
export { printExplanation } from './print-explanation.ts';
export { printFederationSchema } from './print-federation-schema.ts';
export { printGuardedSchema } from './print-schema.ts';
export { printVisibleSchema } from './print-visible-schema.ts';
