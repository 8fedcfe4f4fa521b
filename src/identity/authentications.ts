import { type AuthenticationTimes, entriesOf, type Factor } from '../values/factor.ts';

/** A factor that a session has proved, as clients get it. */
export interface Authentication {
  readonly factor: Factor;
  readonly at: Date;
}

/** Lists the factors that a session has proved, in the order of the enum. */
export const toAuthentications = (times: AuthenticationTimes): readonly Authentication[] =>
  entriesOf(times).map(([factor, at]) => ({ factor, at }));
