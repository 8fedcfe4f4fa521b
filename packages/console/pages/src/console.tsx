import { GatehouseProvider, useViewer } from '@graphql-gatehouse/client/react';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { DataProvider } from './data.tsx';
import { Frame } from './frame.tsx';
import { gatehouse } from './gatehouse.ts';
import { LogInAgain } from './session/log-in-again.tsx';
import { ProofDialog } from './session/proof-dialog.tsx';
import type { LastViewer } from './session/use-last-viewer.ts';

interface ConsoleProps {
  /** Who used it, until the same user has logged in again. Undefined: it is in use. */
  readonly last: LastViewer | undefined;
  /** Called when the user does not log in again: what was typed is lost. */
  readonly onGiveUp: () => void;
}

/** The console, and over it the log-in of a user whose session has ended. */
export const Console = ({ last, onGiveUp }: ConsoleProps) => (
  <>
    <Pages last={last} />
    {last !== undefined && <LogInAgain last={last} onGiveUp={onGiveUp} />}
  </>
);

/**
 * What a viewer may see. With `last` it is hidden and keeps what was typed, until the same user logs in again with the same
 * groups. For others, it begins empty.
 */
function Pages({ last }: Pick<ConsoleProps, 'last'>) {
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
