import { useViewer } from '@graphql-gatehouse/client/react';
import { useCallback, useState } from 'react';
import { useIsNamed } from './installation.ts';
import { LoadedConsole } from './loaded-console.tsx';
import { LogInPage } from './session/log-in-page.tsx';
import { Restoring } from './session/restoring.tsx';
import { type LastViewer, useLastViewer } from './session/use-last-viewer.ts';

/** Shows the log-in to anonymous viewers, and the console to others. */
export function App() {
  const { state, principal } = useViewer();
  const isNamed = useIsNamed();
  const last = useLastViewer();
  const [given, setGiven] = useState<LastViewer>();
  const giveUp = useCallback(() => setGiven(last), [last]);
  if (state === 'loading' || !isNamed) return <Restoring />;
  const kept = last?.hasDialog && last !== given ? last : undefined;
  return principal === null && kept === undefined ? (
    <LogInPage hasEnded={last !== undefined} />
  ) : (
    <LoadedConsole last={kept} onGiveUp={giveUp} />
  );
}
