import { useGatehouse } from '@gatehouse/client/react';
import { Problem } from '../parts/problem.tsx';
import { useAction } from '../parts/use-action.ts';
import { LogOutEverywhereDocument } from './session-documents.ts';

/** Ends all sessions of the viewer, including this one. */
export function LogOutEverywhere() {
  const gatehouse = useGatehouse();
  const { run, isRunning, error } = useAction(async () => {
    await gatehouse.fetch(LogOutEverywhereDocument);
    await gatehouse.restore();
  });
  return (
    <>
      <button type="button" onClick={run} disabled={isRunning}>
        Log out everywhere
      </button>
      <Problem error={error} />
    </>
  );
}
