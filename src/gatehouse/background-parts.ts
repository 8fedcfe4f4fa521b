import { createAccessHistoryWork } from '../identity/access/access-history-work.ts';
import { createBackgroundWork } from '../identity/background-work.ts';
import { packageWork } from '../schema/packages/package-calls.ts';
import { clock, options, project } from './app-inputs.ts';
import { part } from './part.ts';
import { accessSnapshot, runtimes, stores } from './parts.ts';

/** Records what this process serves, and prunes the history. */
export const accessHistory = part('history of access', (get) =>
  createAccessHistoryWork({
    store: get(stores).accessHistory,
    snapshot: get(accessSnapshot),
    days: get(options).config.accessHistoryDays,
    now: get(clock),
  }),
);

export const backgroundWork = part(
  'background work',
  async (get) => {
    const { logger, counts } = get(options);
    return createBackgroundWork({
      stores: get(stores),
      now: get(clock),
      onSessionsRemoved: (count) => counts?.countRemovedSessions?.(count),
      onError: (error, failed) => logger.warn({ err: error }, failed),
      others: [...get(accessHistory).tasks, ...packageWork(get(project), get(runtimes))],
    });
  },
  ({ stop }) => stop(),
);
