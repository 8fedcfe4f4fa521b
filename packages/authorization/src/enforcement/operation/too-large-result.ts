import type { ExecutionResult, OperationTypeNode } from 'graphql';
import { maxListedDenials } from '../calls/max-listed-denials.ts';
import { AnswerTooLargeError, tooLargeIn } from '../sizes/answer-too-large-error.ts';
import { limitDenials } from './denied-result.ts';

/** An answer in place of one that is too large. */
interface TooLargeResult {
  readonly result: ExecutionResult;
  readonly status?: 400;
}

/**
 * Returns the answer to an operation whose execution was ended by a limit of answers. A query has no data. A mutation has
 * taken effect: its answer lacks what was not delivered, with at most 20 errors about that. Undefined: no limit was exceeded.
 */
export function toTooLargeResult(
  { errors = [], data, ...rest }: ExecutionResult,
  kind: `${OperationTypeNode}` | undefined,
): TooLargeResult | undefined {
  const isTooLarge = (error: unknown): boolean => tooLargeIn(error) !== undefined;
  const first = tooLargeIn(errors.find(isTooLarge));
  if (first === undefined) return undefined;
  // Without a path: where a limit was exceeded first depends on timing.
  const alone = [new AnswerTooLargeError({ ...first.exceeded, path: undefined })];
  if (kind === 'query') return { result: { ...rest, errors: alone }, status: 400 };
  if (kind === 'subscription') return { result: { ...rest, errors: alone, data: null } };
  const refused = errors.filter(isTooLarge).slice(0, maxListedDenials);
  const others = errors.filter((error) => !isTooLarge(error));
  return { result: { ...rest, errors: limitDenials([...refused, ...others]), data: data ?? null } };
}
