import { useEffect } from 'react';
import { host, useInstallationName } from '../installation.ts';
import { LogInForms } from './log-in-forms.tsx';

interface LogInPageProps {
  /** Whether a session has ended, and not by its user. */
  readonly hasEnded: boolean;
}

/** What anonymous viewers see. */
export function LogInPage({ hasEnded }: LogInPageProps) {
  const name = useInstallationName();
  useEffect(() => {
    document.title = `Log in · ${name}`;
  }, [name]);
  return (
    <main className="narrow">
      <h1>Log in to {name}</h1>
      {name !== host && <p className="quiet">{host}</p>}
      {hasEnded && <p role="status">Your session has ended. Log in to continue.</p>}
      <LogInForms />
    </main>
  );
}
