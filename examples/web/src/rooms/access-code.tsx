import { useLazyQuery } from '@apollo/client/react';
import { Problem } from '../parts/problem.tsx';
import { AccessCodeDocument } from './room-documents.ts';

/** Reads the code of the door at a click. */
export function AccessCode({ id }: { readonly id: string }) {
  const [read, { data, loading, error }] = useLazyQuery(AccessCodeDocument);
  return (
    <>
      <button
        type="button"
        disabled={loading}
        // The hook keeps the error.
        onClick={() => read({ variables: { id } }).catch(() => {})}
      >
        Show the access code
      </button>
      <p role="status">{data && <>Access code: {data.room?.accessCode ?? 'none'}</>}</p>
      <Problem error={error} />
    </>
  );
}
