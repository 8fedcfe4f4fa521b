import { useData } from '../data.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { MatrixDocument } from './access-documents.ts';
import { Legend } from './legend.tsx';
import { MatrixTable } from './matrix-table.tsx';

/** Who can access what. */
export function MatrixView() {
  const { data, error, refetch } = useData(MatrixDocument, {}, { isOfSchema: true });
  if (error) return <Failed error={error} onRetry={refetch} />;
  if (data === undefined) return <Loading rows={14} />;
  return (
    <>
      <MatrixTable caption="Access matrix" matrix={data.consoleMatrix} />
      <Legend notes={data.consoleMatrix.notes} />
    </>
  );
}
