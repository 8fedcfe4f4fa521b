import {
  type AuthenticationTimes,
  compileFactorKinds,
  type FactorKind,
  kindsOf,
} from '@graphql-gatehouse/authorization/decision';

export type { AuthenticationTimes };

/** A kind of factor, all that Gatehouse knows of it: a value of the enum `Factor` in the schema. */
export interface FactorRow extends FactorKind {
  /** Describes the value in the schema. */
  readonly description: string;
  /** What access tokens say of a proof: methods of RFC 8176. */
  readonly amr: readonly string[];
  /** Whether a proof cannot be sent again: a session that has used it lately need not, to change how its user logs in. */
  readonly worksOnce?: boolean;
}

/** The only kind of factor that needs no package. */
export const passwordFactor: FactorRow = {
  name: 'PASSWORD',
  description: 'A password: something that the user knows.',
  proves: 'knowledge',
  amr: ['pwd'],
};

/** The times of factors as the database stores them: milliseconds since 1970 by factor. */
export type StoredTimes = Readonly<Record<string, number>>;

/** Returns times for the database. */
export const storedTimes = (times: AuthenticationTimes): StoredTimes =>
  Object.fromEntries(
    Object.entries(times).flatMap(([factor, at]) =>
      at === undefined ? [] : [[factor, at.getTime()]],
    ),
  );

/** Returns the times of factors that were proved now. */
export const provedAt = (proved: Iterable<string>, at: Date): StoredTimes =>
  Object.fromEntries([...proved].map((factor) => [factor, at.getTime()]));

/** How long a proof is fresh enough to change how a user logs in. */
export const freshSeconds = 15 * 60;

/** What a log-in has proved. */
export interface ProvedFactors {
  /** The names of the factors. */
  readonly names: ReadonlySet<string>;
  /** How many kinds of factors they are: 1 or 2. */
  readonly kinds: number;
}

export type FactorTable = ReturnType<typeof createFactorTable>;

/**
 * Creates the table of the kinds of factors: the password, and those of packages. A factor whose kind is not in it, such
 * as one that was stored while a package was there, proves nothing.
 *
 * @throws {TypeError} for a wrong kind, and for a second one of the same name.
 */
export function createFactorTable(ofPackages: readonly FactorRow[]) {
  const rows = [passwordFactor, ...ofPackages];
  rows.forEach(requireMethods);
  const kinds = compileFactorKinds(rows);

  /** Returns the factors that have a time, each with it, in the order of the enum `Factor`. */
  const entriesOf = (times: AuthenticationTimes): readonly (readonly [string, Date])[] =>
    rows.flatMap(({ name }) => {
      const time = times[name];
      return time === undefined ? [] : [[name, time] as const];
    });
  const countKinds = (times: AuthenticationTimes, now: Date, maxAgeSeconds?: number): number =>
    kindsOf(times, now, { maxAgeSeconds, kinds });

  return {
    /** What a viewer's proofs count by. */
    kinds,
    entriesOf,
    kindsOf: countKinds,
    /** Reads what the database has stored. What is no time of a factor is left out. */
    readTimes(stored: unknown): AuthenticationTimes {
      const values: Readonly<Record<string, unknown>> = Object(stored);
      const known = rows.flatMap(({ name }) => {
        const ms = values[name];
        return typeof ms === 'number' ? [[name, new Date(ms)] as const] : [];
      });
      return Object.fromEntries(known);
    },
    /** Returns the factors that have a time. */
    factorsOf: (times: AuthenticationTimes): readonly string[] =>
      entriesOf(times).map(([name]) => name),
    /** Returns the factors that were proved lately. */
    freshFactors: (times: AuthenticationTimes, at: Date): readonly string[] =>
      entriesOf(times).flatMap(([name, time]) =>
        countKinds({ [name]: time }, at, freshSeconds) > 0 ? [name] : [],
      ),
    /** Returns the factors that were proved lately and cannot be proved again. */
    spentLately: (times: AuthenticationTimes, at: Date): AuthenticationTimes =>
      Object.fromEntries(
        rows.flatMap(({ name, worksOnce }) => {
          const time = worksOnce === true ? times[name] : undefined;
          const isFresh = time !== undefined && countKinds({ [name]: time }, at, freshSeconds) > 0;
          return isFresh ? [[name, time] as const] : [];
        }),
      ),
    /** Returns what these factors, proved in one log-in, prove together. */
    together(names: Iterable<string>): ProvedFactors {
      const known = new Set(names);
      const at = new Date(0);
      const times = Object.fromEntries([...known].map((name) => [name, at]));
      return { names: known, kinds: countKinds(times, at) };
    },
    /** Whether these factors can open a session, if no more is due: possession alone opens nothing. */
    mayOpen: (names: ReadonlySet<string>): boolean =>
      rows.some(
        ({ name, proves, verifiesUser }) =>
          (proves === 'knowledge' || verifiesUser === true) && names.has(name),
      ),
    /** Returns the methods that access tokens name for factors, each once. */
    methodsOf: (names: readonly string[]): readonly string[] => [
      ...new Set(rows.flatMap(({ name, amr }) => (names.includes(name) ? amr : []))),
    ],
  };
}

/** What other servers take for a proof of knowledge, or of possession. */
const methodsOfKinds = {
  knowledge: ['pwd', 'pin', 'kba'],
  possession: ['otp', 'sms', 'tel', 'hwk', 'swk', 'pop', 'sc'],
} as const;

/** A token must not say more than was proved. `mfa` is added for two kinds. */
function requireMethods({ name, amr, proves }: FactorRow): void {
  const others: readonly string[] =
    methodsOfKinds[proves === 'possession' ? 'knowledge' : 'possession'];
  const isSound = (method: unknown): boolean =>
    typeof method === 'string' &&
    /^[a-z]{2,8}$/.test(method) &&
    method !== 'mfa' &&
    !others.includes(method);
  if (Array.isArray(amr) && amr.every(isSound)) return;
  throw new TypeError(`The methods of the kind of factor ${name} are not valid.`);
}
