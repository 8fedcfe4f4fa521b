import { type Offence, printPlace } from '../../requirements/offence.ts';

/** Whether a finding always fails a check, fails it unless the owner accepts it with a reason, or never fails it. */
export type Certainty = 'fails' | 'fails unless accepted' | 'hint';

/** A place in a schema where a viewer could get more than the guards intend. */
export interface Finding extends Offence {
  /** What to do, as an imperative without a full stop. */
  readonly advice: string;
  readonly certainty: Certainty;
}

/** Describes a finding in one line. */
export const describeFinding = ({ coordinate, problem, advice, ...place }: Finding): string =>
  `${coordinate}: ${problem}: ${advice}${printPlace(place)}`;
