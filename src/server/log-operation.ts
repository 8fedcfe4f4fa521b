import type { FastifyBaseLogger } from 'fastify';
import type { OnOperation, OperationRecord } from './operation-record.ts';

/** More of them tell nothing more: the answer names no more either. */
const maxCoordinates = 20;

/** Makes what logs one line for each operation. */
export const createOperationLog =
  (logger: Pick<FastifyBaseLogger, 'info'>): OnOperation =>
  (record) =>
    logger.info(toLogLine(record), 'operation');

/** Pure. What is absent is left out of the line. */
function toLogLine({ viewer, denials, codes, durationMs, ...record }: OperationRecord) {
  const denied = [...new Set(denials.map(({ coordinate }) => coordinate))];
  return {
    requestId: record.requestId,
    operationName: record.operationName,
    type: record.type,
    documentHash: record.documentHash,
    durationMs: Math.round(durationMs * 10) / 10,
    viewer: toViewer(viewer),
    outcome: record.outcome,
    codes: codes.length === 0 ? undefined : codes,
    denied: denied.length === 0 ? undefined : denied.slice(0, maxCoordinates),
  };
}

function toViewer(viewer: OperationRecord['viewer']) {
  if (viewer.kind === 'user') return { kind: viewer.kind, id: viewer.userId };
  if (viewer.kind === 'apiClient') return { kind: viewer.kind, id: viewer.clientId };
  return { kind: viewer.kind };
}
