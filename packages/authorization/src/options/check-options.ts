import { didYouMean } from './nearest-name.ts';
import { describeKind, isKind, isOfKind, type Keyed, type Shape, type Shapes } from './shape.ts';

/**
 * Checks the options of a public function, for callers in JavaScript, and for objects that were not written in place, of
 * which TypeScript accepts unknown keys.
 *
 * @throws {TypeError} that names every option which is unknown, missing or of another kind.
 */
export function checkOptions(caller: string, options: unknown, shapes: Shapes): void {
  const problems = findOptionProblems(Object(options), { keys: shapes });
  if (problems.length > 0) throw new TypeError(`${caller}: ${problems.join(', ')}.`);
}

/**
 * Checks the names of the options of one call. It is as cheap as a loop over them: for calls in requests.
 *
 * @throws {TypeError} that names every option which is unknown.
 */
export function checkNames(caller: string, options: object | undefined, names: Shapes): void {
  for (const name in options) {
    if (!Object.hasOwn(names, name)) {
      const problems = findOptionProblems(options, { keys: names });
      throw new TypeError(`${caller}: ${problems.join(', ')}.`);
    }
  }
}

/**
 * Finds the options that are unknown, missing or of another kind, at every depth. Those that an object inherits are
 * options too. A key whose value is undefined must still be known.
 */
export function findOptionProblems(value: unknown, shape: Shape, place = ''): readonly string[] {
  if (isKind(shape)) {
    return isOfKind(value, shape) ? [] : [`\`${place}\` must be ${describeKind(shape)}`];
  }
  const isAbsent = value === undefined && !('isNeeded' in shape);
  if (isAbsent || typeof value === 'function') return [];
  if (typeof value !== 'object' || value === null) return [`\`${place}\` must be an object`];
  if ('choose' in shape) return findOptionProblems(value, shape.choose(value), place);
  const problems: string[] = [];
  const examine = (name: string, inner: Shape): void => {
    const option: unknown = inner === 'any' ? undefined : Reflect.get(value, name);
    problems.push(...findOptionProblems(option, inner, placeOf(place, name, option)));
  };
  if ('each' in shape) for (const name in value) examine(name, shape.each);
  else {
    for (const [name, inner] of Object.entries(shape.keys)) examine(name, inner);
    for (const name in value) {
      if (!Object.hasOwn(shape.keys, name)) problems.push(unknown(name, place, shape));
    }
  }
  return problems;
}

function unknown(name: string, place: string, { keys, hints = {} }: Keyed): string {
  const hint = Object.hasOwn(hints, name)
    ? `: ${hints[name]}`
    : didYouMean(name, Object.keys(keys));
  return `\`${placeOf(place, name)}\` is not an option${hint}`;
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Returns where an option is: `guards["Query.users"].maxAge`. Items of lists are named by their name, if they have one. */
function placeOf(place: string, name: string, value?: unknown): string {
  const { name: own }: { name?: unknown } = Object(value);
  if (place !== '' && /^\d+$/.test(name)) {
    return `${place}[${typeof own === 'string' && /^[\w-]+$/.test(own) ? own : name}]`;
  }
  if (!identifier.test(name)) return `${place}[${JSON.stringify(name)}]`;
  return place === '' ? name : `${place}.${name}`;
}
