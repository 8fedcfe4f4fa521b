import Negotiator from 'negotiator';

/** The media types of answers, the preferred one first. All of them are sent in UTF-8. */
export const answerTypes = ['application/json', 'application/graphql-response+json'] as const;

const offered = answerTypes.map((type) => `${type}; charset=utf-8`);

/**
 * Chooses the content type of an answer by the header `Accept` (RFC 9110, 12.5.1), as Apollo Server does. Undefined: the
 * client accepts none. Pure.
 */
export const answerTypeFor = (accept = '*/*'): string | undefined =>
  new Negotiator({ headers: { accept: accept || '*/*' } }).mediaType(offered);

/** Whether a client accepts a page. Pure. */
export const acceptsPage = (accept: string): boolean =>
  new Negotiator({ headers: { accept } }).mediaType(['text/html']) !== undefined;
