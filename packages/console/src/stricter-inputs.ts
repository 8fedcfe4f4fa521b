import type { ComposedSchema, PackageReports } from 'graphql-gatehouse';

type Schema = ComposedSchema['schema'];
type Matrix = Awaited<ReturnType<PackageReports['accessMatrix']>>;
type RootType = NonNullable<ReturnType<Schema['getQueryType']>>;
type InputType = ReturnType<RootType['getFields']>[string]['args'][number]['type'];

/** Access that asks for nothing. Empty: as the parent. */
const unconditional: readonly string[] = ['', 'yes', 'all'];

/** The different texts of some rows, by column. */
type Texts = readonly ReadonlySet<string>[];

/**
 * Returns for fields, by coordinate, the columns of the matrix whose viewers may call the field, and for whom an argument, an
 * input field or an enum value below has a rule of its own. Pure.
 */
export function findStricterInputs(
  schema: Schema,
  { columns, rows }: Matrix,
): ReadonlyMap<string, readonly string[]> {
  const textsOf = new Map(rows.map(({ coordinate, texts }) => [coordinate, texts]));
  const collect = (coordinates: Iterable<string>): Texts => {
    const found = columns.map(() => new Set<string>());
    for (const coordinate of coordinates) {
      for (const [index, text] of (textsOf.get(coordinate) ?? []).entries()) {
        if (!unconditional.includes(text)) found[index]?.add(text);
      }
    }
    return found;
  };
  const known = new Map<string, Texts>();
  /** Each named type is read once, however many fields take it: they have few different texts. */
  const textsBelow = (type: InputType): Texts => {
    const named = nameOf(type);
    const texts = known.get(named) ?? collect(coordinatesBelow(schema, named));
    known.set(named, texts);
    return texts;
  };

  const stricter = new Map<string, readonly string[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!('getInterfaces' in type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.args.length === 0) continue;
      const coordinate = `${type.name}.${field.name}`;
      const own = textsOf.get(coordinate) ?? [];
      const inputs = [
        collect(field.args.map(({ name }) => `${coordinate}(${name}:)`)),
        ...field.args.map((arg) => textsBelow(arg.type)),
      ];
      const found = columns.filter(
        (_, index) =>
          own[index] !== 'no' &&
          inputs.some((texts) => [...(texts[index] ?? [])].some((text) => text !== own[index])),
      );
      if (found.length > 0) stricter.set(coordinate, found);
    }
  }
  return stricter;
}

function nameOf(type: InputType): string {
  let named = type;
  while ('ofType' in named) named = named.ofType;
  return named.name;
}

/** Returns what a value of a type can supply: input fields and enum values. */
function coordinatesBelow(schema: Schema, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const names = new Set([name]);
  // A set also iterates over what is added meanwhile.
  for (const each of names) {
    const type = schema.getType(each);
    if (type === undefined || 'getInterfaces' in type) continue;
    if ('getValues' in type) {
      for (const value of type.getValues()) found.add(`${each}.${value.name}`);
    } else if ('getFields' in type) {
      for (const field of Object.values(type.getFields())) {
        found.add(`${each}.${field.name}`);
        names.add(nameOf(field.type));
      }
    }
  }
  return found;
}
