import { isProofReason } from '../../decision/unproven.ts';
import type { ListedError } from './denied-result.ts';

/** The HTTP response to refusals. */
export interface DenialResponse {
  readonly status: 401 | 403 | 404;
  /** The value of the header `WWW-Authenticate`. Absent for 404. */
  readonly challenge?: string;
}

type Refused = Pick<ListedError, 'extensions'>;

/**
 * Returns the status and the challenge of refused operations (RFC 9110, 15.5.2 and 15.5.4; RFC 6750, 3; RFC 9470, 3).
 * If several kinds occur, the status is 401, since after a login the client sees the rest; or else 404. `error="invalid_token"` is
 * added only when a token was sent.
 *
 * @param acrValues the `acr_values` that ask the authorization server for more kinds of factors. Absent: none are sent.
 */
export function toDenialResponse(
  denials: readonly Refused[],
  realm: string,
  acrValues?: string,
): DenialResponse {
  const unauthenticated = denials.filter(
    ({ extensions }) => extensions?.code === 'UNAUTHENTICATED',
  );
  const [refusal] = unauthenticated;
  if (refusal === undefined) {
    if (denials.some(({ extensions }) => extensions?.code === 'NOT_FOUND')) return { status: 404 };
    return { status: 403, challenge: `Bearer realm="${realm}", error="insufficient_scope"` };
  }
  const anonymous = unauthenticated.find((each) => !isProofReason(each.extensions?.reason));
  const problem =
    anonymous === undefined ? proofProblem(unauthenticated, acrValues) : tokenProblem(anonymous);
  return { status: 401, challenge: [`Bearer realm="${realm}"`, ...problem].join(', ') };
}

function tokenProblem({ extensions }: Refused): readonly string[] {
  const description = tokenProblems[String(extensions?.reason)];
  return description === undefined
    ? []
    : ['error="invalid_token"', `error_description="${description}"`];
}

/** Describes the step-up that a viewer with a valid token needs (RFC 9470, 3). */
function proofProblem(refused: readonly Refused[], acrValues?: string): readonly string[] {
  const reasons = new Set(refused.map(({ extensions }) => extensions?.reason));
  const isTooOld = reasons.has('AUTHENTICATION_TOO_OLD');
  const isMissing = reasons.has('FACTORS_MISSING');
  const ages = refused.map(({ extensions }) => Number(extensions?.maxAge));
  const maxAge = Math.min(...ages.filter((age) => age > 0));
  const description = isMissing
    ? 'More authentication factors are required'
    : 'A more recent authentication is required';
  return [
    'error="insufficient_user_authentication"',
    `error_description="${description}"`,
    ...(isTooOld && Number.isFinite(maxAge) ? [`max_age="${maxAge}"`] : []),
    ...(isMissing && acrValues !== undefined ? [`acr_values="${acrValues}"`] : []),
  ];
}

const tokenProblems: Readonly<Record<string, string>> = {
  TOKEN_MALFORMED: 'The Authorization header contains no bearer token',
  TOKEN_EXPIRED: 'The token has expired',
  TOKEN_INVALID: 'The token is not valid',
  TOKEN_REVOKED: 'The token has been revoked',
};
