import { useData } from '../data.tsx';
import { HealthDocument } from './health-documents.ts';

/** How many checks have found something, beside the link to them. Its place is kept: it moves nothing when it comes. */
export function HealthMark() {
  const { data } = useData(HealthDocument, {}, { isKept: true });
  const checks = data?.consoleHealth.checks.filter(({ state }) => state !== 'OK') ?? [];
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
