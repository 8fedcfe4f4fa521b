import { useGatehouse } from '@graphql-gatehouse/client/react';
import { useEffect } from 'react';
import { Loading } from './parts/loading.tsx';
import { Problem } from './parts/problem.tsx';
import { useAction } from './parts/use-action.ts';

/** Shown until the server has said who uses this page. */
export function Restoring() {
  const { restore } = useGatehouse();
  const { run, error } = useAction(restore);

  useEffect(() => {
    run();
  }, [run]);

  if (error === undefined) return <Loading />;
  return (
    <>
      <Problem error={error} />
      <button type="button" onClick={run}>
        Try again
      </button>
    </>
  );
}
