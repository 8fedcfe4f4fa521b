import type { ComposedSchema, PackageReports } from 'graphql-gatehouse';

type Matrix = Awaited<ReturnType<PackageReports['accessMatrix']>>;

type RootType = NonNullable<ReturnType<ComposedSchema['schema']['getQueryType']>>;
type InputType = ReturnType<RootType['getFields']>[string]['args'][number]['type'];

/** Access that asks for nothing. Empty: as the parent. */
const unconditional: readonly string[] = ['', 'yes', 'all'];

/**
 * Returns for fields, by coordinate, the columns of the matrix whose viewers may call the field, and for whom an argument, an
 * input field or an enum value below asks for more. Pure.
 */
export function findStricterInputs(
  schema: ComposedSchema['schema'],
  { columns, rows }: Matrix,
): ReadonlyMap<string, readonly string[]> {
  const textsOf = new Map(rows.map(({ coordinate, texts }) => [coordinate, texts]));
  const found = new Map<string, readonly string[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!('getInterfaces' in type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.args.length === 0) continue;
      const coordinate = `${type.name}.${field.name}`;
      const inputs = field.args.flatMap((arg) => [
        `${coordinate}(${arg.name}:)`,
        ...coordinatesBelow(arg.type),
      ]);
      const stricter = columns.filter((_, index) => {
        const own = textsOf.get(coordinate)?.[index] ?? '';
        return (
          own !== 'no' &&
          inputs.some((input) => {
            const text = textsOf.get(input)?.[index] ?? '';
            return text !== own && !unconditional.includes(text);
          })
        );
      });
      if (stricter.length > 0) found.set(coordinate, stricter);
    }
  }
  return found;
}

/** Returns what a value of a type can supply: input fields and enum values. */
function coordinatesBelow(given: InputType): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (type: InputType): void => {
    if ('ofType' in type) visit(type.ofType);
    else if ('getValues' in type) {
      for (const { name } of type.getValues()) found.add(`${type.name}.${name}`);
    } else if ('getFields' in type) {
      for (const field of Object.values(type.getFields())) {
        const coordinate = `${type.name}.${field.name}`;
        if (found.has(coordinate)) continue;
        found.add(coordinate);
        visit(field.type);
      }
    }
  };
  visit(given);
  return found;
}
