import { Page } from '../parts/page.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { useLines } from './use-lines.ts';

/** What needs attention: each line leads to the page where it is seen. */
export function OverviewPage() {
  const { lines, error, refetch } = useLines();
  return (
    <Page title="Overview">
      {error || lines === undefined ? (
        <Unread error={error} onRetry={refetch} rows={4} />
      ) : lines.length === 0 ? (
        <Empty>Nothing needs you.</Empty>
      ) : (
        <ul className="panel lines" aria-label="What needs attention">
          {lines.map(({ text, href, kind }) => (
            <li key={text} className={kind}>
              <a href={href}>{text}</a>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
