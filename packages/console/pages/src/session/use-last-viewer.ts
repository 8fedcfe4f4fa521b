import type { Viewer } from '@graphql-gatehouse/client';
import { useViewer } from '@graphql-gatehouse/client/react';
import { useEffect, useState } from 'react';
import { forgetEnd, isEndExpected } from './leave.ts';

/** Who used the page before its session ended. */
export interface LastViewer {
  readonly viewer: Viewer;
  /** Whether a dialog was open, in which something may have been typed. */
  readonly hasDialog: boolean;
}

/** Returns who used the page until the session ended. Undefined: it is in use, was not in use, or its user has left. */
export function useLastViewer(): LastViewer | undefined {
  const viewer = useViewer();
  const [known, setKnown] = useState<Viewer>();
  const [last, setLast] = useState<LastViewer>();
  const isUsed = viewer.principal !== null;
  useEffect(() => {
    if (isUsed) forgetEnd();
  }, [isUsed]);
  if (isUsed && viewer !== known) {
    setKnown(viewer);
    setLast(undefined);
  }
  if (viewer.state === 'anonymous' && known !== undefined) {
    setKnown(undefined);
    const hasDialog = document.querySelector('dialog[open] form') !== null;
    setLast(isEndExpected() ? undefined : { viewer: known, hasDialog });
  }
  return last;
}
