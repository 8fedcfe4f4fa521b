import type { ReactNode } from 'react';

interface ChangedProps {
  /** Undefined: there was nothing. */
  readonly was: string | undefined;
  /** Undefined: there is nothing any more. */
  readonly now: string | undefined;
  readonly show: (text: string) => ReactNode;
  /** Shows what was. Default: as `show`. */
  readonly showFormer?: (text: string) => ReactNode;
}

/** A text as it was, struck out, and as it is. One that did not change is shown once. */
export function Changed({ was, now, show, showFormer = show }: ChangedProps) {
  const present = now !== undefined && show(now);
  if (was === undefined || was === now) return present;
  return (
    <span className="changed">
      <del>
        <span className="hidden">was </span>
        {showFormer(was)}
      </del>
      {now !== undefined && (
        <span>
          <span className="hidden">, now </span>
          {present}
        </span>
      )}
    </span>
  );
}
