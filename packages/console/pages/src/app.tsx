import { GatehouseProvider, useViewer } from '@graphql-gatehouse/client/react';
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { DataProvider } from './data.tsx';
import { Frame } from './frame.tsx';
import { gatehouse } from './gatehouse.ts';
import { useIsNamed } from './installation.ts';
import { LogInAgain } from './session/log-in-again.tsx';
import { LogInPage } from './session/log-in-page.tsx';
import { ProofDialog } from './session/proof-dialog.tsx';
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
  if (principal === null && kept === undefined) return <LogInPage hasEnded={last !== undefined} />;
  return (
    <>
      <Console last={kept} />
      {kept !== undefined && <LogInAgain last={kept} onGiveUp={giveUp} />}
    </>
  );
}

/**
 * What a viewer may see. With `last` it is hidden and keeps what was typed, until the same user logs in again with the same
 * groups. For others, it begins empty.
 */
function Console({ last }: { readonly last: LastViewer | undefined }) {
  const present = useViewer();
  const viewer = last?.viewer ?? present;
  const client = useMemo(
    () => (last === undefined ? gatehouse : { ...gatehouse, viewer: () => last.viewer }),
    [last],
  );
  const page = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (last === undefined) return;
    // A password is not kept, not even for its user.
    for (const field of page.current?.querySelectorAll('input') ?? []) {
      if (field.type === 'password' || field.autocomplete.endsWith('-password')) field.value = '';
    }
  }, [last]);
  return (
    <div ref={page} hidden={last !== undefined}>
      <GatehouseProvider client={client}>
        {/* The key removes what was read by another viewer, or with other groups. */}
        <DataProvider key={`${viewer.principal?.id} ${viewer.groups}`}>
          <Frame />
          <ProofDialog />
        </DataProvider>
      </GatehouseProvider>
    </div>
  );
}
