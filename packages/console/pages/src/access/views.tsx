import { createContext, useContext } from 'react';
import { toHash } from '../route.ts';
import type { Need } from '../use-allowed.ts';
import {
  FindPeopleDocument,
  MatrixDocument,
  OpenedDocument,
  OperationsDocument,
  SchemaGroupsDocument,
  ViewDocument,
  WaysDocument,
} from './access-documents.ts';

/** What the page reads. Each can be open to other groups. */
export type ViewName = 'matrix' | 'ways' | 'view' | 'operations' | 'groups' | 'names' | 'people';

export const needs: ReadonlyMap<ViewName, Need> = new Map<ViewName, Need>([
  ['matrix', { run: MatrixDocument }],
  ['ways', { run: WaysDocument, variables: { coordinate: 'Query' } }],
  ['view', { run: ViewDocument, variables: { groups: [] } }],
  ['operations', { run: OperationsDocument }],
  ['groups', { run: OpenedDocument, variables: { name: '' } }],
  ['names', { run: SchemaGroupsDocument }],
  ['people', { run: FindPeopleDocument, variables: { search: '' } }],
]);

/** What the viewer may read. */
export const AllowedViews = createContext<readonly ViewName[]>([]);
export const useAllowedView = (name: ViewName): boolean => useContext(AllowedViews).includes(name);

/** A coordinate that leads to its ways, if the viewer may read them. */
export function Coordinate({ coordinate }: { readonly coordinate: string }) {
  const isLink = useAllowedView('ways');
  const text = <code>{coordinate}</code>;
  return isLink ? <a href={toHash(['access', 'ways'], { coordinate })}>{text}</a> : text;
}
