import { useMutation } from '@apollo/client/react';
import { Problem } from '../parts/problem.tsx';
import { EndSessionDocument } from './session-documents.ts';

interface EndSessionProps {
  readonly session: { readonly id: string; readonly createdAt: string };
  readonly onEnded: () => Promise<unknown>;
}

/** Ends a session at a click. */
export function EndSession({ session, onEnded }: EndSessionProps) {
  const [end, { loading, error }] = useMutation(EndSessionDocument, {
    variables: { id: session.id },
  });
  return (
    <>
      <button
        type="button"
        disabled={loading}
        aria-label={`End the session of ${new Date(session.createdAt).toLocaleString()}`}
        onClick={() =>
          end()
            .then(onEnded)
            // The hook keeps the error.
            .catch(() => {})
        }
      >
        End
      </button>
      <Problem error={error} />
    </>
  );
}
