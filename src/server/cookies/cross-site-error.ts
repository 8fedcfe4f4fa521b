import { ClientError } from '../../errors.ts';

/** A request with a session cookie may have been made by a page of another site. Nothing was run. */
export class CrossSiteError extends ClientError {
  override readonly name = 'CrossSiteError';
  readonly code = 'FORBIDDEN';

  /** @param advice what the request lacks, without a value of it */
  constructor(advice: string) {
    super(`The session cookie is not accepted. ${advice}`);
  }

  override get facts() {
    return { reason: 'CROSS_SITE' };
  }
}
