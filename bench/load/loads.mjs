/** Loads from a process of their own. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nextMessage } from '../child.mjs';

/** Starts the process that makes loads, one after another: `cannon.mjs`, or another like it. */
export function startCannon(program = 'cannon.mjs') {
  const cannon = fork(fileURLToPath(new URL(program, import.meta.url)), { execArgv: [] });
  return {
    /** @throws {Error} when anything came back that is neither data nor a refusal in order. */
    async fire(load) {
      cannon.send(load);
      const result = await nextMessage(cannon);
      const faults = [
        ...result.faults,
        ...(result.broken > 0 ? [`${result.broken} broke off`] : []),
      ];
      if (faults.length > 0) throw new Error(`Of a load: ${faults.slice(0, 3).join('; ')}`);
      return result;
    },
    stop: () => cannon.kill(),
  };
}

/** Answers with data, a second. */
export const goodRate = ({ byStatus, seconds }) => (byStatus[200]?.count ?? 0) / seconds;
