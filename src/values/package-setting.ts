import type { z } from 'zod';

/** A setting that a package declares: an environment variable. */
export interface PackageSetting<Value = unknown> {
  /** Parses the text of the variable, which is undefined when it is not set. Its messages never contain the value. */
  readonly schema: z.ZodType<Value>;
  /** Its effect and when to change it, in a few sentences. */
  readonly meaning: string;
  /** What may be shown of its value: all, the URL without user and password, or only that it is set. */
  readonly shows: 'value' | 'place' | 'presence';
}

/** A problem of one setting. `message` never contains the value. */
export interface SettingProblem {
  readonly name: string;
  readonly message: string;
}
