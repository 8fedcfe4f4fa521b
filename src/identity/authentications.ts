import type { AuthenticationTimes, FactorTable } from '../values/factor.ts';

/** A factor that a session has proved, as clients get it. */
export interface Authentication {
  readonly factor: string;
  readonly at: Date;
}

/** Lists the factors that a session has proved, in the order of the enum. */
export const toAuthentications = (
  { entriesOf }: Pick<FactorTable, 'entriesOf'>,
  times: AuthenticationTimes,
): readonly Authentication[] => entriesOf(times).map(([factor, at]) => ({ factor, at }));
