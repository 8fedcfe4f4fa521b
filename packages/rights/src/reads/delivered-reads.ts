import type { DeliveredAnswer } from 'graphql-gatehouse';
import type { NewRead } from './read-record.ts';

/** Returns what is recorded of an answer. */
export function toNewReads({
  viewer,
  client,
  requestId,
  documentHash: operation,
  reads,
}: DeliveredAnswer): readonly NewRead[] {
  const facts = { actor: actorOf(viewer), ip: client.ip ?? null, operation, requestId };
  return reads.map(({ coordinate, type = null, ids }) => ({ coordinate, type, ids, ...facts }));
}

function actorOf(viewer: DeliveredAnswer['viewer']): NewRead['actor'] {
  if (viewer.kind === 'user') return { kind: 'USER', id: viewer.userId };
  return viewer.kind === 'anonymous' ? null : { kind: 'API_CLIENT', id: viewer.clientId };
}
