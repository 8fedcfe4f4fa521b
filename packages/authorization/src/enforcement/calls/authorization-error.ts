import type { ASTNode } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Refusal } from '../../decision/decision.ts';
import type { Clause } from '../../requirements/requirement.ts';

/** A refusal. Where the viewer is refused, these are the `extensions` of its error. */
export interface DenialExtensions {
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND';
  /** The viewer's `reason` when unauthenticated, otherwise `GROUP_REQUIRED`, `POLICY_DENIED` or `ROW_MISSING`. */
  readonly reason: string;
  readonly coordinate: string;
  /** One list of groups for each unmet clause. One group of every list is sufficient. */
  readonly requires: readonly (readonly string[])[];
  /** The policies of each unmet clause, in the order of `requires`. One of them is sufficient for its clause. */
  readonly policies: readonly (readonly string[])[];
  readonly [key: string]: unknown;
}

/** The position of a refusal in the operation. During execution graphql-js adds both. */
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

/** Creates a refusal without a stack trace, which would always be the same and take V8 three times as long. */
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

/** Returns the `extensions` of a refusal at `coordinate`. */
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

/** Names the groups and policies that meet a clause. */
function toText(groups: readonly string[], policies: readonly string[]): string {
  return [
    ...(groups.length === 0 ? [] : [`the group ${groups.join(' or ')}`]),
    ...(policies.length === 0 ? [] : [`admission by ${policies.join(' or ')}`]),
  ].join(', or ');
}
