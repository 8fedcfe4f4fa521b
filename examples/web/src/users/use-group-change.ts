import { useMutation } from '@apollo/client/react';
import { useGatehouse, useViewer } from '@gatehouse/client/react';
import type { GrantGroupMutationVariables } from '../generated/graphql.ts';
import type { GrantGroupDocument, RevokeGroupDocument } from './user-documents.ts';

/** Grants or revokes a group. A change of the viewer's own groups changes what this page shows. */
export function useGroupChange(document: typeof GrantGroupDocument | typeof RevokeGroupDocument) {
  const gatehouse = useGatehouse();
  const { principal } = useViewer();
  const [mutate, { loading: isRunning, error }] = useMutation(document);

  async function change(variables: GrantGroupMutationVariables): Promise<void> {
    try {
      await mutate({ variables });
    } catch {
      // The hook keeps the error.
      return;
    }
    if (variables.userId === principal?.id) await gatehouse.restore();
  }

  return { change, isRunning, error };
}
