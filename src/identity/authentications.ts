import type { AuthenticationTimes, FactorTable } from '../values/factor.ts';

/** Lists the factors that a session has proved, in the order of the enum. */
export const toAuthentications = (
  { entriesOf }: Pick<FactorTable, 'entriesOf'>,
  times: AuthenticationTimes,
) => entriesOf(times).map(([factor, at]) => ({ factor, at }));
