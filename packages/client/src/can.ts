import {
  createFindRule,
  decideOperation,
  decideRequirement,
  type Outcome,
  type Rules,
} from '@gatehouse/authorization/decision';
import { type AnyDocument, rulesOf } from './documents.ts';
import type { Viewer } from './viewer.ts';

/** Decides a coordinate or a generated document. */
export type Can = (target: string | AnyDocument, variables?: object) => Outcome;

/** Creates the synchronous decision by the viewer's groups. */
export function createCan(
  { rules, schemaHash }: { readonly rules: Rules; readonly schemaHash: string },
  viewer: () => Viewer,
): Can {
  const find = createFindRule(rules);
  return (target, variables = {}) => {
    const isText = typeof target === 'string';
    const requirement = isText ? find(target)?.requirement : undefined;
    // Mistakes are found in every state: a misspelt coordinate must not pass while the viewer is read.
    if (isText && !requirement) throw new RangeError(`The schema has no ${target}.`);
    const needs = isText ? undefined : rulesOf(target);
    const { state, groups, schemaHash: serverHash = schemaHash } = viewer();
    if (state === 'loading' || serverHash !== schemaHash) return 'depends';
    const decided = {
      isAuthenticated: state === 'authenticated',
      groups: new Set(groups),
      reason: '',
    };
    return needs
      ? decideOperation({ ...needs, find, variables }, decided)
      : decideRequirement(requirement ?? [], decided);
  };
}
