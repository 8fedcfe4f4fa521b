import { ClientError } from '../../errors.ts';

/** A request with a session cookie may have been made by a page of another site. Nothing was run. */
export class CrossSiteError extends ClientError {
  /** @param advice what the request lacks, without a value of it */
  constructor(advice: string) {
    const message = `The session cookie is not accepted. ${advice}`;
    super('FORBIDDEN', message, { facts: { reason: 'CROSS_SITE' } });
  }
}
