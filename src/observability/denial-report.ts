import type { Logger } from './logger.ts';

/** The place of a refusal that a dry run did not enforce. */
export interface ReportedDenial {
  readonly coordinate: string;
  readonly code: string;
  readonly reason: string;
}

/** Logs each refusal that a dry run did not make, with how often its coordinate has come up so far. */
export function createDenialReport(logger: Pick<Logger, 'warn'>) {
  const counts = new Map<string, number>();
  return ({ coordinate, code, reason }: ReportedDenial, requestId: string): void => {
    const count = (counts.get(coordinate) ?? 0) + 1;
    counts.set(coordinate, count);
    logger.warn({ coordinate, code, reason, count, requestId }, 'would have been denied');
  };
}
