import type { FastifyBaseLogger } from 'fastify';
import type { OnOperation, OperationRecord } from './operation-record.ts';

/** The maximum number of logged denials, which is also the maximum in an answer. */
const maxCoordinates = 20;

/** Creates the function that logs one line for each operation. */
export const createOperationLog =
  (logger: Pick<FastifyBaseLogger, 'info'>): OnOperation =>
  (record) =>
    logger.info(toLogLine(record), 'operation');

/** Pure. Omits absent values. */
function toLogLine({ viewer, denials, codes, durationMs, ...record }: OperationRecord) {
  const denied = [...new Set(denials.map(({ coordinate }) => coordinate))];
  return {
    requestId: record.requestId,
    operationName: record.operationName,
    type: record.type,
    documentHash: record.documentHash,
    durationMs: toLoggedMs(durationMs),
    viewer: toLoggedViewer(viewer),
    outcome: record.outcome,
    codes: codes.length === 0 ? undefined : codes,
    denied: denied.length === 0 ? undefined : denied.slice(0, maxCoordinates),
  };
}

/** Returns a duration as the log has it: in tenths of a millisecond. Pure. */
export const toLoggedMs = (durationMs: number): number => Math.round(durationMs * 10) / 10;

/** Returns what the log says of a viewer. Pure. */
export function toLoggedViewer(viewer: OperationRecord['viewer']) {
  if (viewer.kind === 'user') return { kind: viewer.kind, id: viewer.userId };
  if (viewer.kind === 'apiClient') return { kind: viewer.kind, id: viewer.clientId };
  return { kind: viewer.kind };
}
