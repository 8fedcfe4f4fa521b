/** What an option must be: of a type, or one of these values. A question mark: it may be absent. */
type OptionKind =
  | 'function'
  | 'function?'
  | 'object'
  | 'object?'
  | 'positive integer?'
  | 'string'
  | 'string?'
  | readonly string[];

/**
 * Checks the options of a public function, for callers in JavaScript.
 *
 * @throws {TypeError} that names every option which is missing or of another kind.
 */
export function checkOptions(
  caller: string,
  options: unknown,
  kinds: Readonly<Record<string, OptionKind>>,
): void {
  const problems = Object.entries(kinds).flatMap(([name, kind]) => {
    const value: unknown = Reflect.get(Object(options), name);
    return isOfKind(value, kind) ? [] : [`\`${name}\` must be ${describe(kind)}`];
  });
  if (problems.length > 0) throw new TypeError(`${caller}: ${problems.join(', ')}.`);
}

function isOfKind(value: unknown, kind: OptionKind): boolean {
  if (typeof kind !== 'string') return value === undefined || kind.some((each) => each === value);
  const type = kind.replace('?', '');
  if (value === undefined) return type !== kind;
  if (type === 'positive integer') return Number.isSafeInteger(value) && Number(value) > 0;
  return value !== null && typeof value === type;
}

function describe(kind: OptionKind): string {
  if (typeof kind !== 'string') return `one of ${kind.map((each) => `'${each}'`).join(', ')}`;
  const type = kind.replace('?', '');
  return type === 'object' ? 'an object' : `a ${type}`;
}
