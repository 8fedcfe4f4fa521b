import { useData } from '../data.tsx';
import { usePages } from '../use-pages.ts';
import { ModeDocument } from './health-documents.ts';

/** Reads whether the server is in development mode, for those who may read its health. */
export function useDevelopment() {
  const { data: pages } = usePages();
  const isEnabled = pages?.includes('health') ?? false;
  const { data, isFetched, failureCount } = useData(ModeDocument, {}, { isEnabled, isKept: true });
  return {
    isDevelopment: data?.consoleHealth.isDevelopment ?? false,
    /** Whether the page must wait for it. A page that cannot read it is shown without it. */
    isAwaited: isEnabled && !isFetched && failureCount === 0,
  };
}

/** Says on each page that the server is not safe for production. */
export const DevelopmentLine = () =>
  useDevelopment().isDevelopment && (
    <p className="development">
      Development mode: this server allows settings that are unsafe in production.
    </p>
  );
