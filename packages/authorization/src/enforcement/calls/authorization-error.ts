import type { ASTNode, GraphQLResolveInfo } from 'graphql';
import { GraphQLError, OperationTypeNode } from 'graphql';
import type { Refusal } from '../../decision/decision.ts';
import { isProofReason, type Unproven } from '../../decision/unproven.ts';
import { isDeclaredPolicy } from '../../requirements/places.ts';
import { type Clause, isPlaced, joinDemands } from '../../requirements/requirement.ts';

/** A refusal. Where the viewer is refused, these are the `extensions` of its error. */
export interface DenialExtensions {
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND';
  /**
   * The viewer's `reason` when it is anonymous, otherwise `GROUP_REQUIRED`, `POLICY_DENIED` or `ROW_MISSING`. Of a viewer
   * who has not proved its identity as asked, `AUTHENTICATION_TOO_OLD` or `FACTORS_MISSING`.
   */
  readonly reason: string;
  readonly coordinate: string;
  /** One list of groups for each unmet clause. One group of every list is sufficient. */
  readonly requires: readonly (readonly string[])[];
  /** The policies of each unmet clause, in the order of `requires`. One of them is sufficient for its clause. */
  readonly policies: readonly (readonly string[])[];
  /** How long ago, in seconds, the factors of a new proof may be confirmed at most. */
  readonly maxAge?: number;
  /** How many kinds of factors a new proof needs. */
  readonly factors?: number;
  /** True: the account has no factor to prove, and has to set one up first. */
  readonly enrol?: true;
  /** The type of the places in which a group is required, and the argument that names a row in another one. */
  readonly within?: { readonly type: string; readonly argument?: string };
  readonly [key: string]: unknown;
}

/** The position of a refusal in the operation. During execution graphql-js adds both. */
export interface DenialPlace {
  readonly path?: readonly (string | number)[];
  readonly nodes?: readonly ASTNode[];
  /** What has become of the mutation: done, where only its result is refused; or undone, after it ran. Absent: not begun. */
  readonly effect?: keyof typeof effects;
}

/** A client must not send again what was done. */
const effects = {
  done: 'The mutation has taken effect, but this part of its result is hidden from you.',
  undone:
    'The mutation was undone: a row that it names or writes would not exist for you any more.',
} as const;

/** Returns the place of the refusal of a value that a field has returned. */
export const placeOfValue = ({ operation }: Pick<GraphQLResolveInfo, 'operation'>): DenialPlace =>
  operation.operation === OperationTypeNode.MUTATION ? { effect: 'done' } : {};

/** A refusal at one schema coordinate. */
export class AuthorizationError extends GraphQLError {
  override readonly name = 'AuthorizationError';
  declare readonly extensions: DenialExtensions;

  constructor(denial: DenialExtensions, place: DenialPlace = {}) {
    super(toMessage(denial, place), {
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
  if (refusal.outcome === 'unproven') return ofUnproven(coordinate, refusal);
  return {
    code: 'FORBIDDEN',
    reason: refusal.unmet.some(isGroupsOnly) ? 'GROUP_REQUIRED' : 'POLICY_DENIED',
    coordinate,
    requires: refusal.unmet.map((clause) => clause.requires),
    policies: refusal.unmet.map((clause) => clause.or.filter(isDeclaredPolicy)),
    ...withinOf(refusal.unmet),
  };
}

function withinOf(unmet: readonly Clause[]): Pick<DenialExtensions, 'within'> {
  const [placed] = unmet.find(isPlaced)?.within ?? [];
  return placed === undefined ? {} : { within: { type: placed.type } };
}

function ofUnproven(coordinate: string, refusal: Unproven): DenialExtensions {
  const { reason, isFinal, mustEnrol } = refusal;
  return {
    code: isFinal ? 'FORBIDDEN' : 'UNAUTHENTICATED',
    reason,
    coordinate,
    requires: [],
    policies: [],
    ...joinDemands([refusal]),
    ...(mustEnrol && { enrol: true }),
  };
}

const isGroupsOnly = (clause: Clause): boolean => !clause.or.some(isDeclaredPolicy);

function toMessage(denial: DenialExtensions, { effect }: DenialPlace): string {
  const refusal = toRefusalMessage(denial);
  return effect === undefined ? refusal : `${effects[effect]} ${refusal}`;
}

function toRefusalMessage(denial: DenialExtensions): string {
  const { code, reason, coordinate, requires, policies, within } = denial;
  if (isProofReason(reason)) return toProofMessage(denial);
  if (code === 'UNAUTHENTICATED') {
    return reason === 'TOKEN_MISSING'
      ? `Log in to access ${coordinate}.`
      : `The token does not give access to ${coordinate}: log in again.`;
  }
  const clauses = requires.map((groups, index) => toText(groups, policies[index] ?? []));
  const place = within === undefined ? '' : ` in its ${within.type}`;
  const required = clauses.length === 0 ? '' : `: it requires ${clauses.join('; and ')}${place}`;
  return `You do not have access to ${coordinate}${required}.`;
}

function toProofMessage({ code, coordinate, maxAge, factors, enrol }: DenialExtensions): string {
  const kinds = factors === 2 ? '2 kinds of factors' : 'a factor';
  const proof = `${kinds}${maxAge === undefined ? '' : ` confirmed at most ${maxAge} seconds ago`}`;
  if (enrol) return `Set up another factor to access ${coordinate}: it requires ${proof}.`;
  return code === 'FORBIDDEN'
    ? `You do not have access to ${coordinate}: it requires ${proof}, which this client cannot provide.`
    : `Log in again to access ${coordinate}: it requires ${proof}.`;
}

/** Names the groups and policies that meet a clause. */
function toText(groups: readonly string[], policies: readonly string[]): string {
  return [
    ...(groups.length === 0 ? [] : [`the group ${groups.join(' or ')}`]),
    ...(policies.length === 0 ? [] : [`admission by ${policies.join(' or ')}`]),
  ].join(', or ');
}
