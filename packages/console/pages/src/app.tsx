import { useViewer } from '@graphql-gatehouse/client/react';
import { DataProvider } from './data.tsx';
import { Frame } from './frame.tsx';
import { useIsNamed } from './installation.ts';
import { LogInPage } from './session/log-in-page.tsx';
import { ProofDialog } from './session/proof-dialog.tsx';
import { Restoring } from './session/restoring.tsx';

/** Shows the log-in to anonymous viewers, and the console to others. */
export function App() {
  const { state, principal, groups } = useViewer();
  const isNamed = useIsNamed();
  if (state === 'loading' || !isNamed) return <Restoring />;
  if (principal === null) return <LogInPage />;
  // The key removes what was read by another viewer, or with other groups.
  return (
    <DataProvider key={`${principal.id} ${groups}`}>
      <Frame />
      <ProofDialog />
    </DataProvider>
  );
}
