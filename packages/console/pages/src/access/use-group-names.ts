import { useViewer } from '@gatehouse/client/react';
import { useData } from '../data.tsx';
import { SchemaGroupsDocument } from './access-documents.ts';
import { useAllowedView } from './views.tsx';

/** Reads the groups that can be chosen: those of the schema, or the viewer's own where it may not read them. */
export function useGroupNames() {
  const isEnabled = useAllowedView('group names');
  const { groups } = useViewer();
  const read = useData(SchemaGroupsDocument, {}, { isEnabled, isOfSchema: true });
  const own = groups.map((name) => ({ name, description: null }));
  return { ...read, groups: isEnabled ? read.data?.consoleGroups : own };
}
