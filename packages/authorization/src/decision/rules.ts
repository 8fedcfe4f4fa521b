import type { Requirement } from '../requirements/requirement.ts';

/**
 * The requirements of all coordinates of a schema, for front ends: small, and readable without graphql-js.
 *
 * `Coordinate` is the union of the schema's coordinates, so that a misspelt one does not compile.
 */
export interface Rules<Coordinate extends string = string> {
  /** The distinct requirements. The numbers in `types` are indices of this list. */
  readonly requirements: readonly Requirement[];
  /**
   * The members of each type, separated by spaces, after an entry without a name for the type itself. `:2` is the
   * number of a requirement, `>Filter` the type of an input field that can hold guarded input, and arguments are in
   * parentheses: `":1 id owner:2 rooms(first,closed:2)"`. A member without a number has no requirement.
   */
  readonly types: Readonly<Record<string, string>>;
  /** Never present: it carries the type `Coordinate`. */
  readonly coordinate?: Coordinate;
}

/** The rule of one coordinate. */
export interface Rule {
  readonly requirement: Requirement;
  /** The type of an input field that can hold guarded input. */
  readonly inputType?: string | undefined;
}

/** Returns the rule of a coordinate, or undefined when the schema has no such coordinate. */
export type FindRule = (coordinate: string) => Rule | undefined;

/** Matches one member: its name, requirement, input type and arguments. */
const memberPattern = /^(\w*)(?::(\d+))?(?:>(\w+))?(?:\((.*)\))?$/;

/** Creates the look-up of a schema's rules. A type is read when it is first looked up: a schema has hundreds. */
export function createFindRule({ requirements, types }: Rules): FindRule {
  const found = new Map<string, Rule>();
  const unread = new Map(Object.entries(types));

  function readMember(text: string, toCoordinate: (name: string) => string): void {
    const [isMember, name = '', number, inputType, args] = memberPattern.exec(text) ?? [];
    const coordinate = toCoordinate(name);
    const requirement = number ? requirements[Number(number)] : [];
    // Of a damaged table nothing is open.
    if (isMember !== undefined && requirement) found.set(coordinate, { requirement, inputType });
    for (const arg of args?.split(',') ?? []) {
      readMember(arg, (argument) => `${coordinate}(${argument}:)`);
    }
  }

  return (coordinate) => {
    const [type = ''] = coordinate.split('.', 1);
    const members = unread.get(type);
    unread.delete(type);
    for (const text of members?.split(' ') ?? []) {
      readMember(text, (name) => (name ? `${type}.${name}` : type));
    }
    return found.get(coordinate);
  };
}
