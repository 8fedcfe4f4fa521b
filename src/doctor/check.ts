/** What was looked at, how it was found, and what to do about it. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'problem';
  /** What was found. Never a secret. */
  readonly found: string;
  /** What to do; absent when nothing is. */
  readonly advice?: string;
}

export const ok = (name: string, found: string): Check => ({ name, state: 'ok', found });

export const warning = (name: string, found: string, advice: string): Check => ({
  name,
  state: 'warning',
  found,
  advice,
});

export const problem = (name: string, found: string, advice: string): Check => ({
  name,
  state: 'problem',
  found,
  advice,
});
