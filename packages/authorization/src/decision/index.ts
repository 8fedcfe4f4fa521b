export { closeImplications, type Implications } from '../requirements/implied-groups.ts';
export type { Clause, Requirement } from '../requirements/requirement.ts';
export { type Decision, decide, type NarrowingClause } from './decision.ts';
export {
  decideOperation,
  decideRequirement,
  type NeedsRequest,
  type OperationNeed,
  type OperationNeeds,
  type Outcome,
} from './operation-needs.ts';
export { createFindRule, type FindRule, type Rule, type Rules } from './rules.ts';
export type { Viewer } from './viewer.ts';
