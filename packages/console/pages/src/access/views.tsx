import { createContext, Fragment, useContext } from 'react';
import { nilId } from '../nil-id.ts';
import { toHash } from '../route.ts';
import type { Need } from '../use-allowed.ts';
import {
  ChangesDocument,
  FindPeopleDocument,
  MatrixDocument,
  OpenedDocument,
  OperationsDocument,
  PersonGroupsDocument,
  UnusedRightsDocument,
  ViewDocument,
  WaysDocument,
} from './access-documents.ts';

/** What the page reads. Each can be open to other groups. */
export type ViewName =
  | 'matrix'
  | 'changes'
  | 'ways'
  | 'view'
  | 'operations'
  | 'groups'
  | 'unused'
  | 'search'
  | 'person';

export const needs: ReadonlyMap<ViewName, readonly Need[]> = new Map<ViewName, readonly Need[]>([
  ['matrix', [{ run: MatrixDocument }]],
  ['changes', [{ run: ChangesDocument }]],
  ['ways', [{ run: WaysDocument, variables: { coordinate: 'Query' } }]],
  ['view', [{ run: ViewDocument, variables: { groups: [] } }]],
  ['operations', [{ run: OperationsDocument, of: 'operations' }]],
  ['groups', [{ run: OpenedDocument, variables: { name: '' } }]],
  ['unused', [{ run: UnusedRightsDocument, of: 'rights' }]],
  ['search', [{ run: FindPeopleDocument, variables: { search: '' } }]],
  ['person', [{ run: PersonGroupsDocument, variables: { id: nilId } }]],
]);

export const AllowedViews = createContext<readonly ViewName[]>([]);
export const useAllowedView = (name: ViewName): boolean => useContext(AllowedViews).includes(name);

/** Returns the address that explains a coordinate, on the page that shows it. */
export const CoordinateHash = createContext((coordinate: string): string =>
  toHash(['access', 'ways'], { coordinate }),
);

interface CoordinateProps {
  readonly coordinate: string;
}

/** A coordinate that leads to its ways, if the viewer may read them. */
export function Coordinate({ coordinate }: CoordinateProps) {
  const isLink = useAllowedView('ways');
  const text = <CoordinateText coordinate={coordinate} />;
  const toCoordinateHash = useContext(CoordinateHash);
  return isLink ? <a href={toCoordinateHash(coordinate)}>{text}</a> : text;
}

/** It may break before the member and before the argument. */
export const CoordinateText = ({ coordinate }: CoordinateProps) => (
  <code>
    {coordinate.split(/(?=[.(])/).map((part) => (
      <Fragment key={part}>
        <wbr />
        {part}
      </Fragment>
    ))}
  </code>
);
