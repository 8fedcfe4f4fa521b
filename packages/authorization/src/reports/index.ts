export { describeOffence, fileOf } from '../requirements/offence.ts';
export {
  type AccessChange,
  type AccessChanges,
  compareAccess,
  type PrintedAccess,
} from './access-changes.ts';
export {
  type AccessMatrix,
  type AccessRow,
  createAccessMatrix,
  createAccessView,
  toJson,
  toMarkdown,
} from './access-matrix.ts';
export { describeMatrixDifference } from './access-matrix-difference.ts';
export {
  type AccessRecord,
  createAccessRecord,
  decideAccessRecord,
  type RecordedAccess,
} from './access-record.ts';
export { ExplainError, type Explanation, explain, parseOperation } from './explain.ts';
export { acceptFindings } from './findings/accept-findings.ts';
export { findOracles } from './findings/find-oracles.ts';
export { findOtherWays } from './findings/find-other-ways.ts';
export { findRowHints } from './findings/find-row-hints.ts';
export { findUncheckedIds } from './findings/find-unchecked-ids.ts';
export { type Certainty, describeFinding, type Finding } from './findings/finding.ts';
export { listFindings } from './findings/list-findings.ts';
export { type GroupRight, listGroupRights } from './group-rights.ts';
export { createLocateGuard } from './locate-guard.ts';
export {
  createDecideForAnyVariables,
  type DecideForAnyVariables,
  TooManyConditionsError,
} from './operations/decide-for-any-variables.ts';
export { deprecatedUses } from './operations/named-coordinates.ts';
export {
  type OperationRegistry,
  operationColumns,
  type RegisteredOperation,
  toRegistryMarkdown,
} from './operations/operation-registry.ts';
export { causesOf, type OperationVerdict, printVerdict } from './operations/operation-verdict.ts';
export {
  compareRegistries,
  printRegistryChange,
  type RegistryChange,
} from './operations/registry-difference.ts';
export { printExplanation } from './print-explanation.ts';
export { printFederationSchema } from './print-federation-schema.ts';
export { printRequirement } from './print-requirement.ts';
export { printGuardedSchema, printVisibleSchema } from './print-schema.ts';
export {
  type CoordinateExplanation,
  createUses,
  explainCoordinate,
  explainCoordinateInSteps,
  finishSteps,
} from './ways/explain-coordinate.ts';
export { explainGroup, explainGroupInSteps, type GroupExplanation } from './ways/explain-group.ts';
export { printCoordinateExplanation, printGroupExplanation } from './ways/print-ways.ts';
