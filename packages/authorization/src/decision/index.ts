export { closeImplications, type Implications } from '../requirements/implied-groups.ts';
export type { Requirement } from '../requirements/requirement.ts';
export { compileFactorKinds, type FactorKind } from './factor-kinds.ts';
export { findUndefined } from './find-undefined.ts';
export { findUnread } from './find-unread.ts';
export { isAsyncIterable } from './iterables.ts';
export {
  decideOperation,
  decideRequirement,
  type OperationNeeds,
  type Outcome,
} from './operation-needs.ts';
export {
  type AuthenticationTimes,
  type FactorKinds,
  type KindsOptions,
  kindsOf,
} from './proofs.ts';
export { createFindRule, type Rules } from './rules.ts';
