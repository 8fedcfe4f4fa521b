/** What each policy is taken to say. `depends`: both answers are shown. */
export const policyAnswers = ['allows', 'denies', 'depends'] as const;
export type PolicyAnswer = (typeof policyAnswers)[number];

/** How many kinds of factors a session can have confirmed. */
export const factorCounts = [0, 1, 2] as const;

/** Everything that is typed and chosen on the page. */
export interface TryState {
  readonly sdl: string;
  /** The groups of the viewer. Null: it is not logged in. */
  readonly groups: readonly string[] | null;
  /** The age of its factors in minutes, and how many kinds of them it has confirmed. */
  readonly minutes: number;
  readonly factors: number;
  readonly operation: string;
  /** Empty: the only operation. */
  readonly operationName: string;
  /** JSON. */
  readonly variables: string;
  /** By the name of the policy. A policy that is not named depends. */
  readonly policies: ReadonlyMap<string, PolicyAnswer>;
  /** The coordinate whose shortest paths are shown. Empty: one of the operation. */
  readonly coordinate: string;
  /** The SDL that the present one is compared with. */
  readonly kept: string | null;
}

/** The maximum length of a fragment, in characters, which are bytes there. */
export const maxFragment = 50_000;

/** Returns the state as a fragment of an address, without `#`. Undefined: it is too large for one. */
export function toFragment({ policies, ...state }: TryState): string | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...state, policies: [...policies] }));
  // Base64 has four characters for three bytes. To make a text of so many bytes that it cannot be used would take time.
  if (bytes.length * 4 > maxFragment * 3) return undefined;
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Reads a fragment, which may come from anyone. Undefined: it is no state of this page. */
export function readFragment(fragment: string): TryState | undefined {
  if (fragment.length > maxFragment) return undefined;
  try {
    const text = atob(fragment.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return toState(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

function toState(value: unknown): TryState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const read = new Map<string, unknown>(Object.entries(value));
  const [sdl, operation, operationName, variables, coordinate] = texts.map((name) =>
    read.get(name),
  );
  const [groups, kept] = [read.get('groups'), read.get('kept')];
  const [minutes, factors] = [read.get('minutes'), read.get('factors')];
  const policies = toPolicies(read.get('policies'));
  const isState =
    isText(sdl) &&
    isText(operation) &&
    isText(operationName) &&
    isText(variables) &&
    isText(coordinate) &&
    (groups === null || areTexts(groups)) &&
    (kept === null || isText(kept)) &&
    typeof minutes === 'number' &&
    minutes >= 0 &&
    factorCounts.some((count) => count === factors) &&
    typeof factors === 'number' &&
    policies !== undefined;
  if (!isState) return undefined;
  const viewer = { groups, minutes, factors, policies };
  return { sdl, ...viewer, operation, operationName, variables, coordinate, kept };
}

const texts = ['sdl', 'operation', 'operationName', 'variables', 'coordinate'] as const;

const isText = (value: unknown): value is string => typeof value === 'string';
const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

function toPolicies(value: unknown): TryState['policies'] | undefined {
  if (!Array.isArray(value)) return undefined;
  const policies = new Map<string, PolicyAnswer>();
  for (const pair of value) {
    const [name, given]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    const answer = policyAnswers.find((each) => each === given);
    if (!isText(name) || answer === undefined) return undefined;
    policies.set(name, answer);
  }
  return policies;
}
