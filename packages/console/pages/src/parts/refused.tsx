import { useViewer } from '@graphql-gatehouse/client/react';
import type { ReactNode } from 'react';
import type { Need } from '../use-allowed.ts';
import { useRequired } from '../use-required.ts';

interface RefusedProps {
  /** The operations of which the viewer would have to run one. */
  readonly needs: readonly Need[];
  readonly children: ReactNode;
}

const list = new Intl.ListFormat('en');

/** Shown in place of what the viewer may not use, with who may. */
export function Refused({ needs, children }: RefusedProps) {
  const { groups } = useViewer();
  const required = useRequired(needs);
  return (
    <p className="empty">
      {children} {required !== undefined && `It is for ${required}. `}
      {groups.length === 0 ? 'You are in no group.' : `You are in ${list.format(groups)}.`}
    </p>
  );
}
