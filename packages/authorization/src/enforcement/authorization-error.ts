import type { ASTNode } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Refusal } from '../decision/decision.ts';
import type { Clause } from '../requirements/requirement.ts';

/** What a refused client is told beside the message. */
export interface DenialExtensions {
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';
  /** Why: the viewer's own reason when unauthenticated, else `GROUP_REQUIRED` or `POLICY_DENIED`. */
  readonly reason: string;
  readonly coordinate: string;
  /** One list for each unmet clause; one group of every list would have done. */
  readonly requires: readonly (readonly string[])[];
  /** In the order of `requires`: the policies of each unmet clause, one of which would have done instead. */
  readonly policies: readonly (readonly string[])[];
  readonly [key: string]: unknown;
}

/** Where a refusal stands in the operation. At run time the executor adds both. */
export interface DenialPlace {
  readonly path?: readonly (string | number)[];
  readonly nodes?: readonly ASTNode[];
}

/** A refusal at one schema coordinate. */
export class AuthorizationError extends GraphQLError {
  override readonly name = 'AuthorizationError';
  declare readonly extensions: DenialExtensions;

  constructor(denial: DenialExtensions, place: DenialPlace = {}) {
    super(toMessage(denial), {
      extensions: denial,
      ...(place.nodes === undefined ? {} : { nodes: place.nodes }),
      ...(place.path === undefined ? {} : { path: place.path }),
    });
  }

  get denial(): DenialExtensions {
    return this.extensions;
  }
}

/**
 * Makes a refusal without a stack: where it is made tells nothing, and V8 takes three times as long for
 * one that has it.
 */
export function createAuthorizationError(
  denial: DenialExtensions,
  place?: DenialPlace,
): AuthorizationError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new AuthorizationError(denial, place);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The facts of a refusal at `coordinate`, as the client gets them. */
export function toDenialExtensions(coordinate: string, refusal: Refusal): DenialExtensions {
  if (refusal.outcome === 'unauthenticated') {
    return {
      code: 'UNAUTHENTICATED',
      reason: refusal.reason,
      coordinate,
      requires: [],
      policies: [],
    };
  }
  return {
    code: 'FORBIDDEN',
    reason: refusal.unmet.some(isGroupsOnly) ? 'GROUP_REQUIRED' : 'POLICY_DENIED',
    coordinate,
    requires: refusal.unmet.map((clause) => clause.requires),
    policies: refusal.unmet.map((clause) => clause.or),
  };
}

const isGroupsOnly = (clause: Clause): boolean => clause.or.length === 0;

function toMessage({ code, reason, coordinate, requires, policies }: DenialExtensions): string {
  if (code === 'UNAUTHENTICATED') {
    return reason === 'TOKEN_MISSING'
      ? `Log in to access ${coordinate}.`
      : `The token does not give access to ${coordinate}: log in again.`;
  }
  const clauses = requires.map((groups, index) => toText(groups, policies[index] ?? []));
  return `You do not have access to ${coordinate}: it requires ${clauses.join('; and ')}.`;
}

/** Names what meets a clause: one of its groups, or one of its policies. */
function toText(groups: readonly string[], policies: readonly string[]): string {
  return [
    ...(groups.length === 0 ? [] : [`the group ${groups.join(' or ')}`]),
    ...(policies.length === 0 ? [] : [`admission by ${policies.join(' or ')}`]),
  ].join(', or ');
}
