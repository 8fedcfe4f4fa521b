import { useGatehouse } from '@gatehouse/client/react';
import { Problem } from './parts/problem.tsx';
import { useAction } from './parts/use-action.ts';

/** Ends this session, in all tabs. */
export function LogOutButton() {
  const { logOut } = useGatehouse();
  const { run, isRunning, error } = useAction(logOut);
  return (
    <>
      <button type="button" onClick={run} disabled={isRunning}>
        Log out
      </button>
      <Problem error={error} />
    </>
  );
}
