import { AuthorizationResponseError } from 'openid-client';
import { FetchError } from './limited-fetch.ts';
import { ProviderError, type ProviderStage } from './protocol.ts';

/** The codes of openid-client that say what was wrong. Others, and texts of the provider, become `OTHER`. */
const libraryCodes: ReadonlySet<unknown> = new Set([
  'OAUTH_RESPONSE_BODY_ERROR',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
  'OAUTH_INVALID_SERVER_METADATA',
  'OAUTH_MISSING_SERVER_METADATA',
]);

/** Creates the function that throws an error of a stage, without anything of its cause but its code. */
export const toProviderError =
  (stage: ProviderStage) =>
  (error: unknown): never => {
    if (error instanceof ProviderError) throw error;
    if (error instanceof AuthorizationResponseError) throw new ProviderError('answer', 'REFUSED');
    throw new ProviderError(stage, ...codeOf(error));
  };

/** Returns the code, and whether the provider did not answer. */
function codeOf(error: unknown): readonly [string, boolean] {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof FetchError) return [cause.code, true];
    const code = 'code' in cause ? cause.code : undefined;
    if (typeof code === 'string' && libraryCodes.has(code))
      return [code.replace('OAUTH_', ''), false];
  }
  return ['OTHER', false];
}
