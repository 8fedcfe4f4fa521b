import { type ReactNode, useEffect, useRef } from 'react';
import { useInstallationName } from '../installation.ts';
import { DoneLine } from './done.tsx';

interface PageProps {
  readonly title: string;
  /** The part of the page that is shown. With another one, the heading takes the focus again. */
  readonly part?: string | undefined;
  /** What can be done on the page, beside its heading. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page with its heading, which takes the focus so that screen readers say that the page has changed. */
export function Page({ title, part, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const name = useInstallationName();
  useEffect(() => {
    document.title = [part, title, name].filter(Boolean).join(' · ');
    heading.current?.focus();
  }, [title, part, name]);
  return (
    <>
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      <DoneLine />
      {children}
    </>
  );
}
