import { useData } from '../data.tsx';
import { HealthDocument } from './health-documents.ts';
import { findingsOf } from './states.ts';

/** How many checks have found something, beside the link to them. Its place is kept: it moves nothing when it comes. */
export function HealthMark() {
  const { data } = useData(HealthDocument, {}, { isKept: true });
  const checks = findingsOf(data?.consoleHealth.checks ?? []);
  const isProblem = checks.some(({ state }) => state === 'PROBLEM');
  return (
    <span className={`menu-mark ${isProblem ? 'bad' : 'warn'}`}>
      {checks.length > 0 && (
        <>
          {checks.length}
          <span className="hidden"> found</span>
        </>
      )}
    </span>
  );
}
