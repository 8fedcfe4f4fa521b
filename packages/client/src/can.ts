import {
  type AuthenticationTimes,
  createFindRule,
  decideOperation,
  decideRequirement,
  type FactorKinds,
  type Outcome,
  type Rules,
} from '@graphql-gatehouse/authorization/decision';
import type { Clock } from './clock.ts';
import { type AnyDocument, rulesOf } from './documents.ts';
import type { Authentication, Viewer } from './viewer.ts';

/** Decides a coordinate or a generated document. */
export type Can = (target: string | AnyDocument, variables?: object) => Outcome;

interface CanOptions {
  readonly rules: Rules;
  readonly schemaHash: string;
  readonly factorKinds?: FactorKinds | undefined;
}

/** Creates the synchronous decision by the viewer's groups and proofs. */
export function createCan(
  { rules, schemaHash, factorKinds }: CanOptions,
  viewer: () => Viewer,
  clock: Clock,
): Can {
  const find = createFindRule(rules);
  return (target, variables = {}) => {
    const isText = typeof target === 'string';
    const requirement = isText ? find(target)?.requirement : undefined;
    // Mistakes are found in every state: a misspelt coordinate must not pass while the viewer is read.
    if (isText && !requirement) throw new RangeError(`The schema has no ${target}.`);
    const needs = isText ? undefined : rulesOf(target);
    const {
      state,
      groups,
      principal,
      authentications,
      schemaHash: serverHash = schemaHash,
    } = viewer();
    if (state === 'loading' || serverHash !== schemaHash) return 'depends';
    const now = clock.now(authentications);
    const decided = {
      isAuthenticated: state === 'authenticated',
      groups: new Set(groups),
      reason: '',
      // An API client proves itself with each request.
      authenticatedAt:
        principal?.__typename === 'ApiClient'
          ? ('EACH_REQUEST' as const)
          : toTimes(authentications),
      ...(factorKinds && { factorKinds }),
    };
    return needs
      ? decideOperation({ ...needs, find, variables, now: () => now }, decided)
      : decideRequirement(requirement ?? [], decided, now);
  };
}

const toTimes = (proofs: readonly Authentication[] = []): AuthenticationTimes =>
  Object.fromEntries(proofs.map(({ factor, at }) => [factor, new Date(at)]));
