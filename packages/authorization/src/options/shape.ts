/** What an option must be: of a type, or one of these values. A question mark: it may be absent. `any`: not checked. */
type Kind =
  | 'any'
  | 'function'
  | 'function?'
  | 'object'
  | 'object?'
  | 'positive integer?'
  | 'string'
  | 'string?'
  | readonly string[];

/**
 * What options must be, at every depth:
 *
 * - `keys`: an object with these keys and no others. `hints` says more about keys that could be expected there.
 * - `each`: an object or list, whose keys are free. All values have one shape. It may be absent, unless it is needed.
 * - `choose`: of the shape that it returns for the object.
 *
 * A function has no keys, and is of each of these shapes.
 */
export type Shape =
  | Kind
  | Keyed
  | { readonly each: Shape; readonly isNeeded?: true }
  | { readonly choose: (value: object) => Shape };

/** What an object with known keys must be. */
export interface Keyed {
  readonly keys: Shapes;
  readonly hints?: Readonly<Record<string, string>>;
}

/** What options must be, by name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** The shapes of all keys of a type. A table that lacks one, or has another one, does not compile. */
export type ShapesOf<Options> = Readonly<Record<keyof Options, Shape>>;

/** Whether a value is of a kind. */
export function isOfKind(value: unknown, kind: Kind): boolean {
  if (typeof kind !== 'string') return value === undefined || kind.some((each) => each === value);
  if (kind === 'any') return true;
  const type = kind.replace('?', '');
  if (value === undefined) return type !== kind;
  if (type === 'positive integer') return Number.isSafeInteger(value) && Number(value) > 0;
  return value !== null && typeof value === type;
}

/** Describes a kind, behind `must be`. */
export function describeKind(kind: Kind): string {
  if (typeof kind !== 'string') return `one of ${kind.map((each) => `'${each}'`).join(', ')}`;
  const type = kind.replace('?', '');
  return type === 'object' ? 'an object' : `a ${type}`;
}

/** Whether a shape is a kind, without keys of its own. */
export const isKind = (shape: Shape): shape is Kind =>
  typeof shape === 'string' || Array.isArray(shape);
