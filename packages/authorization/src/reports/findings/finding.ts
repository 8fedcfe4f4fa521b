import type { FindingName } from '../../pages/index.ts';
import { type Offence, printPlace } from '../../requirements/offence.ts';

/** Whether a finding always fails a check, fails it unless the owner accepts it with a reason, or never fails it. */
export type Certainty = 'fails' | 'fails unless accepted' | 'hint';

/** A place in a schema where a viewer could get more than the guards intend. */
export interface Finding<Name extends string = FindingName> extends Offence<Name> {
  /** What to do, as an imperative without a full stop. */
  readonly advice: string;
  readonly certainty: Certainty;
}

/** Describes a finding in one line. */
export const describeFinding = ({
  coordinate,
  problem,
  advice,
  ...place
}: Omit<Finding, 'name'>): string => `${coordinate}: ${problem}: ${advice}${printPlace(place)}`;
