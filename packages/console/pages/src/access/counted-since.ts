interface Counted {
  /** The first day that was asked for. */
  readonly since: string;
  /** When not all nodes counted, in the order of their begins. */
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
}

/** Returns when counting began: the first moment that is in no gap from the first day on. */
export const countedSince = ({ since, gaps }: Counted): Date =>
  gaps.reduce((begun, { from, to }) => {
    const end = new Date(to);
    return new Date(from) <= begun && end > begun ? end : begun;
  }, new Date(since));
