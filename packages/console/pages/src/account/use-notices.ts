import { useViewer } from '@graphql-gatehouse/client/react';
import { useData } from '../data.tsx';
import { WithheldDocument } from './account-documents.ts';
import { toNotices } from './notices.ts';

/** Reads what is withheld from the viewer, and what will be. */
export function useNotices() {
  const { groups } = useViewer();
  const { data, isFetched } = useData(WithheldDocument, {});
  return { notices: toNotices(data?.viewer.withheld ?? [], groups), isFetched };
}
