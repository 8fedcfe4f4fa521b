import { getOrAdd } from './get-or-add.ts';
import { isPlainData } from './plain-data.ts';

/** Calls a policy for one object, or returns its earlier answer. */
export type PolicyAnswers = (
  question: PolicyQuestion,
  ask: () => boolean | Promise<boolean>,
) => boolean | Promise<boolean>;

/** The input of a policy. Its answer may depend only on these properties of the call. */
interface PolicyQuestion {
  readonly policy: string;
  /** Part of the key because the viewer of a context can change while an operation runs. */
  readonly viewer?: unknown;
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Caches the answers of one execution: a policy is called at most once for the same object with the same arguments,
 * however many fields depend on it, and also while its promise is pending.
 */
export function createPolicyAnswers(): PolicyAnswers {
  const toKey = createToKey();
  const byViewer = new Map<unknown, Map<unknown, Map<string, boolean | Promise<boolean>>>>();

  return ({ policy, viewer, source, args }, ask) => {
    const argsKey = toKey(args);
    if (argsKey === undefined) return ask();
    const key = `${policy} ${argsKey}`;
    const answers = getOrAdd(getOrAdd(byViewer, viewer), source);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    answers.set(key, answer);
    return answer;
  };
}

/**
 * Creates the function that converts arguments to a cache key: plain data and dates by value, other objects by
 * identity. It returns undefined for values that have no key, such as functions.
 */
function createToKey(): (value: unknown) => string | undefined {
  const instances = new Map<object, string>();

  function keyOfInstance(value: object): string {
    const known = instances.get(value) ?? `@${instances.size}`;
    instances.set(value, known);
    return known;
  }

  return function toKey(value: unknown): string | undefined {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') {
      return JSON.stringify(value);
    }
    if (typeof value === 'number' || value === undefined) return String(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object') return undefined;
    if (Array.isArray(value)) return joined('[]', value.map(toKey));
    if (isDate(value)) return `Date ${value.getTime()}`;
    if (!isPlainData(value)) return keyOfInstance(value);
    return joined(
      '{}',
      Object.entries(value).map(([name, inside]) => {
        const key = toKey(inside);
        return key === undefined ? undefined : `${JSON.stringify(name)}:${key}`;
      }),
    );
  };
}

/** Excludes subclasses, which can hold more than a time. */
const isDate = (value: object): value is Date =>
  value instanceof Date && Object.getPrototypeOf(value) === Date.prototype;

const joined = (
  brackets: '[]' | '{}',
  keys: readonly (string | undefined)[],
): string | undefined =>
  keys.includes(undefined) ? undefined : `${brackets[0]}${keys.join()}${brackets[1]}`;
