/** A root field in plain words. */
interface RootField {
  readonly coordinate: string;
  readonly words: string;
}

/** The root fields of one kind. */
interface RootFields {
  readonly kind: string;
  readonly shown: readonly RootField[];
  /** How many more there are. */
  readonly left: number;
}

const kinds = [
  ['Query', 'Read'],
  ['Mutation', 'Change'],
  ['Subscription', 'Follow'],
] as const;

/** A schema can have any number of fields. */
const mostShown = 100;

/** Returns root fields by what they are for, in plain words: `Mutation.createUser` is "create user", to change. */
export const toRootWords = (access: readonly string[]): readonly RootFields[] =>
  kinds.flatMap(([type, kind]) => {
    const fields = access
      .filter((coordinate) => coordinate.startsWith(`${type}.`))
      .map((coordinate) => ({ coordinate, words: toWords(coordinate.slice(type.length + 1)) }))
      .toSorted((one, other) => one.words.localeCompare(other.words));
    const shown = fields.slice(0, mostShown);
    return fields.length === 0 ? [] : [{ kind, shown, left: fields.length - shown.length }];
  });

const toWords = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .trim()
    .toLowerCase();
