import type { UseQueryResult } from '@tanstack/react-query';
import type { AccessQuery } from '../generated/graphql.ts';
import { Unread } from '../parts/states.tsx';
import { toRootWords } from './root-words.ts';

interface MayDoProps {
  readonly access: Pick<UseQueryResult<AccessQuery>, 'data' | 'error' | 'refetch'>;
}

/** What the viewer may ask the server for, in plain words. */
export function MayDo({ access: { data, error, refetch } }: MayDoProps) {
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={3} />;
  return (
    <section className="stack" aria-labelledby="may-do">
      <h2 id="may-do">What you may do</h2>
      <p className="quiet">
        What you can request from the server. For some of it, you get only what is your own, or what
        a rule allows.
      </p>
      {toRootWords(data.viewer.access).map(({ kind, shown, left }) => (
        <details key={kind}>
          <summary>
            {kind} ({shown.length + left})
          </summary>
          <ul className="tags" aria-label={kind}>
            {shown.map(({ coordinate, words }) => (
              <li key={coordinate} className="tag" title={coordinate}>
                {words}
              </li>
            ))}
            {left > 0 && <li className="tag">and {left} more</li>}
          </ul>
        </details>
      ))}
    </section>
  );
}
