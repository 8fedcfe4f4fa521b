import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { listen } from './live-records.ts';
import { LogDocument } from './log-documents.ts';
import { type LogFilter, matches } from './log-filter.ts';

interface LiveBarProps {
  readonly filter: LogFilter;
  /** Shows the first page. */
  readonly onShow: () => void;
}

type State = 'connecting' | 'open' | 'lost' | 'ended';

const words: Readonly<Record<State, string>> = {
  connecting: 'Connecting…',
  open: 'New records are counted here as they come.',
  lost: 'The connection is lost. Connecting again…',
  ended: 'The server has ended this. Turn it off and on to continue.',
};

/** Counts new records as they come. They are listed when the viewer wants it, so that nothing moves while it reads. */
export function LiveBar({ filter, onShow }: LiveBarProps) {
  const client = useQueryClient();
  const [state, setState] = useState<State>('connecting');
  const [fresh, setFresh] = useState(0);
  const [hasGap, setHasGap] = useState(false);

  const readLog = useEffectEvent(() =>
    client.invalidateQueries({ queryKey: [String(LogDocument)] }),
  );
  const isListed = useEffectEvent((record: Parameters<typeof matches>[1]) =>
    matches(filter, record),
  );
  useEffect(
    () =>
      listen({
        onRecord: (record) => isListed(record) && setFresh((count) => count + 1),
        onOpen(isReconnect) {
          setState('open');
          if (isReconnect) setHasGap(true);
          // What was recorded between the list and this.
          else void readLog();
        },
        onLost: () => setState('lost'),
        onEnd: () => setState('ended'),
      }),
    [],
  );

  async function show(): Promise<void> {
    setFresh(0);
    setHasGap(false);
    onShow();
    await client.invalidateQueries({ queryKey: [String(LogDocument)] });
  }

  const isIdle = fresh === 0 && !hasGap;
  return (
    <div className="live">
      {/* It stays, and keeps the focus, when there is nothing to show. */}
      <button type="button" aria-disabled={isIdle} onClick={() => isIdle || void show()}>
        {describeNews(fresh, hasGap)}
      </button>
      <span className="quiet" role="status">
        {words[state]}
        {fresh > 0 && <span className="hidden"> {fresh} new</span>}
      </span>
    </div>
  );
}

function describeNews(fresh: number, hasGap: boolean): string {
  if (hasGap) return 'Show new records';
  if (fresh === 0) return 'No new records';
  return fresh === 1 ? 'Show 1 new record' : `Show ${fresh} new records`;
}
