import { GatehouseError } from '@graphql-gatehouse/client';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { explainOwn } from '../session/explain.ts';

/** After this time without an answer, the page says that it takes long. In milliseconds. */
const slowMs = 8_000;

/** The place of rows that are being read. It has their height, so that nothing moves when they come. */
export function Loading({ rows = 8 }: { readonly rows?: number | undefined }) {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" role="status">
      {isSlow ? <p>This takes longer than usual.</p> : <span className="hidden">Loading…</span>}
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} />
      ))}
    </div>
  );
}

/** Shown in place of a list without rows. */
export const Empty = ({ children }: { readonly children: ReactNode }) => (
  <p className="empty" role="status">
    {children}
  </p>
);

/** Shown in place of what could not be read. */
export function Failed({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => unknown;
}) {
  const retry = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const button = retry.current;
    return () => {
      // The focus does not go with the button.
      if (button !== null && button === document.activeElement) {
        document.querySelector('h1')?.focus();
      }
    };
  }, []);
  const isRefused = error instanceof GatehouseError && error.code === 'FORBIDDEN';
  return (
    <div className="failed">
      <Problem error={error} />
      {!isRefused && onRetry !== undefined && (
        <button ref={retry} type="button" onClick={() => onRetry()}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Shown in place of what is being read, or could not be read. */
export const Unread = ({ error, onRetry, rows }: UnreadProps) =>
  error ? <Failed error={error} onRetry={onRetry} /> : <Loading rows={rows} />;

interface UnreadProps {
  readonly error: unknown;
  readonly onRetry: () => unknown;
  readonly rows?: number | undefined;
}

/** Says why something failed. The messages of the server are written for people. */
export function Problem({ error }: { readonly error: unknown }) {
  if (error === undefined || error === null) return null;
  return (
    <p className="problem" role="alert">
      {error instanceof GatehouseError ? error.message : explainOwn(error)}
    </p>
  );
}
