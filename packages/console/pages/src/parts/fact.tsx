import type { ReactNode } from 'react';

/** A fact with its name, in a `dl` of the class `facts`. */
export const Fact = ({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);
