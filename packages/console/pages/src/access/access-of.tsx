import type { ReactNode } from 'react';
import { Refused } from '../parts/refused.tsx';
import { Unread } from '../parts/states.tsx';
import { type PageName, toHash, useRoute } from '../route.ts';
import { useAllowed } from '../use-allowed.ts';
import { CoordinateForm } from './coordinate-form.tsx';
import { MatrixNotes } from './matrix-notes.tsx';
import { Viewed } from './viewed.tsx';
import { AllowedViews, CoordinateHash, needs } from './views.tsx';
import { Ways } from './ways-view.tsx';
import './access.css';

interface AccessOfProps {
  /** The groups of a user or an API client, with all that they imply. */
  readonly groups: readonly string[];
  /** The path of the page that shows it. */
  readonly path: readonly [PageName, ...string[]];
  /** What else readers must know. */
  readonly children?: ReactNode;
  /** What else readers must know when groups ask for factors. */
  readonly withDemands?: ReactNode;
}

/**
 * What someone can access, and for one field why: by groups alone, as after every proof. No policy is run for another user, and
 * nothing is executed.
 */
export function AccessOf({ groups, path, children, withDemands }: AccessOfProps) {
  const coordinate = useRoute().query.get('coordinate') ?? '';
  const { data: allowed, error, refetch } = useAllowed('access', needs);
  const toCoordinateHash = (each: string) => toHash(path, { coordinate: each });
  if (error || allowed === undefined) return <Unread error={error} onRetry={refetch} rows={14} />;
  if (!allowed.includes('view')) {
    return <Refused needs={needs.get('view') ?? []}>Your groups may not read this.</Refused>;
  }
  return (
    <AllowedViews value={allowed}>
      <CoordinateHash value={toCoordinateHash}>
        <p className="quiet">
          By groups alone, as after a recent login with every factor. Where data decide, the policy
          is named and not called.
        </p>
        {children}
        <MatrixNotes groups={groups}>{withDemands}</MatrixNotes>
        {allowed.includes('ways') && <CoordinateForm key={coordinate} coordinate={coordinate} />}
        {coordinate !== '' && allowed.includes('ways') ? (
          <>
            <a href={toHash(path)}>All access</a>
            <Ways key={coordinate} coordinate={coordinate} groups={groups} />
          </>
        ) : (
          <Viewed groups={groups} />
        )}
      </CoordinateHash>
    </AllowedViews>
  );
}
