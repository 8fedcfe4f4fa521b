/** The result of one check. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'warning' | 'problem';
  /** A description without secrets. */
  readonly found: string;
  /** How to solve the problem. */
  readonly advice?: string;
}

export const ok = (name: string, found: string): Check => ({ name, state: 'ok', found });

/** Something to know, which is right where it is wanted. */
export const note = (name: string, found: string): Check => ({ name, state: 'note', found });

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
