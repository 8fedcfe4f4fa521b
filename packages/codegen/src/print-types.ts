import {
  compileGuards,
  findPolicyPlaces,
  findReferencePlaces,
  type PolicyPlaces,
  type ReferencePlace,
} from '@graphql-gatehouse/authorization/rules';
import { type GraphQLSchema, isCompositeType, isIntrospectionType } from 'graphql';

/** The settings of the plugin, beside those of `typescript-resolvers` that it reads. */
export interface SchemaTypesConfig {
  /**
   * The filters of types whose rows are of no model of Prisma, as mappers are written:
   * `{ Parcel: '../parcel.ts#ParcelFilter' }`.
   */
  readonly filters?: Readonly<Record<string, string>>;
  readonly mappers?: Readonly<Record<string, string>>;
  readonly allResolversTypeName?: string;
  readonly typesPrefix?: string;
  readonly typesSuffix?: string;
}

/** A part of a module: imports, and what follows them. */
export interface PrintedTypes {
  readonly prepend: string[];
  readonly content: string;
}

/**
 * Prints the type `SchemaTypes`, for a module in which `typescript-resolvers` prints the types of resolvers.
 *
 * @throws {Error} when `filters` names a type that the schema does not have, or no type of a module.
 * @throws {SchemaAuthorizationError} when the schema breaks a rule, such as a root field without a guard.
 */
export function printSchemaTypes(schema: GraphQLSchema, config: SchemaTypesConfig): PrintedTypes {
  const { mappers = {}, filters = {}, typesPrefix = '', typesSuffix = '' } = config;
  const toName = (name: string) => `${typesPrefix}${name}${typesSuffix}`;
  const types = rowTypeNames(schema);
  const imported = Object.entries(filters).map(([type, text]) => {
    const filter = parseMapper(text);
    if (filter === undefined || !types.includes(type)) {
      throw new Error(
        `filters: { ${type}: '${text}' } must be a type of the schema, and \`path#Name\`.`,
      );
    }
    return { type, ...filter };
  });
  const models = types.flatMap((type) => {
    const mapper = parseMapper(mappers[type] ?? '');
    return mapper === undefined || Object.hasOwn(filters, type)
      ? []
      : [`readonly ${type}: '${toModel(mapper.name)}';`];
  });
  const guarded = compileGuards(schema);
  const policies = [...findPolicyPlaces(guarded)].map(printPlaces);
  const parents = toName('ResolversParentTypes');
  const found = [...findReferencePlaces(guarded)].map(([field, places]) =>
    printFound(field, places, parents),
  );
  return {
    prepend: imported.map(
      ({ path, name, alias }) =>
        `import type { ${name === alias ? name : `${name} as ${alias}`} } from '${path}';`,
    ),
    content: [
      '',
      '/** What `GatehouseContext` types policies, `find`, `filterOf`, `rows` and `Found` by. */',
      `export interface ${toName('SchemaTypes')} {`,
      '  /** The rows of types. */',
      `  readonly rows: Pick<${parents}, ${union(types)}>;`,
      '  /** The arguments of fields. */',
      `  readonly resolvers: ${toName(config.allResolversTypeName ?? 'Resolvers')}<unknown>;`,
      '  /** The models of the data client that the mappers name. */',
      `  readonly models: ${block(models)};`,
      '  /** Other filters. */',
      `  readonly filters: ${block(imported.map(({ type, alias }) => `readonly ${type}: ${alias};`))};`,
      '  /** Where the schema names each policy. */',
      `  readonly policies: ${block(policies)};`,
      '  /** The rows that ids in the arguments of mutations name. */',
      `  readonly found: ${block(found)};`,
      '}',
    ].join('\n'),
  };
}

/** The types that have rows: those of objects, without the roots. */
function rowTypeNames(schema: GraphQLSchema): readonly string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return Object.values(schema.getTypeMap())
    .filter((type) => isCompositeType(type) && !isIntrospectionType(type))
    .filter((type) => !roots.some((root) => root === type))
    .map(({ name }) => name);
}

const mapperPattern = /^(?<path>[^#]+)#(?<name>\w+)(?: as (?<alias>\w+))?$/;

/** Undefined: the type is not imported, or is no type of a module by its own name. */
function parseMapper(text: string) {
  const { path, name, alias = name } = mapperPattern.exec(text)?.groups ?? {};
  return path === undefined || name === undefined || alias === undefined
    ? undefined
    : { path, name, alias };
}

/** The property of a Prisma client for a model. */
const toModel = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

const printPlaces = ([policy, { fields, types }]: readonly [string, PolicyPlaces]): string =>
  `readonly ${policy}: { readonly fields: ${union(fields)}; readonly rows: ${union(types)} };`;

function printFound(field: string, places: readonly ReferencePlace[], parents: string): string {
  const rows = places.map(({ argument, typeName, isList, isOptional }) => {
    const row = `${parents}['${typeName}']`;
    return `readonly '${argument}'${isOptional ? '?' : ''}: ${isList ? `readonly ${row}[]` : row}`;
  });
  return `readonly '${field}': { ${rows.join('; ')} };`;
}

const union = (names: Iterable<string>): string =>
  [...names].map((name) => `'${name}'`).join(' | ') || 'never';

const block = (lines: readonly string[]): string =>
  lines.length === 0 ? '{}' : `{\n${lines.map((line) => `    ${line}\n`).join('')}  }`;
