import { useMutation } from '@apollo/client/react';
import { useGatehouse, useViewer } from '@graphql-gatehouse/client/react';
import type { GrantGroupMutationVariables } from '../generated/graphql.ts';
import type { GrantGroupDocument, RevokeGroupDocument } from './user-documents.ts';

/** Returns the function that grants or revokes a group. The viewer's own groups change what this page shows. */
export function useGroupChange(document: typeof GrantGroupDocument | typeof RevokeGroupDocument) {
  const gatehouse = useGatehouse();
  const { principal } = useViewer();
  const [change] = useMutation(document);

  return async (variables: GrantGroupMutationVariables): Promise<void> => {
    await change({ variables });
    if (variables.userId === principal?.id) await gatehouse.restore();
  };
}
