import { useGatehouse } from '@graphql-gatehouse/client/react';
import { useEffect, useState } from 'react';
import { Failed, Loading } from '../parts/states.tsx';

/** Shown until the server has said who uses the console. */
export function Restoring() {
  const { restore } = useGatehouse();
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    restore().catch(setError);
  }, [restore]);

  function retry(): void {
    setError(undefined);
    restore().catch(setError);
  }

  return (
    <main className="narrow">
      {error === undefined ? <Loading rows={3} /> : <Failed error={error} onRetry={retry} />}
    </main>
  );
}
