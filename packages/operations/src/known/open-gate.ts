import type { OperationGate } from 'graphql-gatehouse';
import type { Parts } from '../parts.ts';
import { followOperations } from './follow-operations.ts';
import { createGate, createIsFree } from './gate.ts';
import { followedBy } from './known-files.ts';
import { nameOf } from './known-operations.ts';
import { createUnknownLog } from './unknown-log.ts';
import { writeUses } from './write-uses.ts';

/** Opens the gate that the settings ask for. Undefined: all operations are served. @throws {KnownOperationsError} */
export async function openGate(parts: Parts): Promise<OperationGate | undefined> {
  const { settings, groups, log, uses } = parts;
  const { OPERATIONS: mode, OPERATIONS_FREE: free } = settings;
  const isFree = createIsFree(free, groups());
  if (mode === 'any') return undefined;
  const { current, stop } = await followOperations({
    ...(await followedBy(parts)),
    onChange: (versions) => log.info({ versions: versions.map(nameOf) }, 'the operations changed'),
    onProblem: (problem) =>
      log.error({ err: problem }, 'the new operations are invalid; keeping the old ones'),
  });
  const onUnknown = createUnknownLog({
    warn: (details, message) => log.warn(details, message),
    elapsedMs: () => performance.now(),
  });
  return {
    ...createGate({ mode, operations: current, isFree, uses, onUnknown }),
    async close() {
      stop();
      await writeUses(parts).catch((error: unknown) =>
        log.warn({ err: error }, 'recording the use of operations failed'),
      );
    },
  };
}
