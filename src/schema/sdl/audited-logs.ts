import { getRootTypes } from '@graphql-tools/utils';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { addPackage } from '../../values/missing-package.ts';

interface Audited {
  readonly coordinate: string;
}

/** Finds audited coordinates of logs, and of types that only logs reach: logs are about other records. */
export function findAuditedLogs(
  schema: GraphQLSchema,
  coordinates: readonly Audited[],
  typesOfPackages: readonly string[],
): readonly string[] {
  const logTypes = ['AuditEvent', ...typesOfPackages].flatMap((name) => [
    name,
    `${name}Edge`,
    `${name}Connection`,
  ]);
  const others = reachableWithout(schema, new Set(logTypes));
  const all = reachableWithout(schema, new Set());
  return coordinates
    .filter(({ coordinate }) => {
      const [typeName = ''] = coordinate.split('.');
      return all.has(typeName) && !others.has(typeName);
    })
    .map(
      ({ coordinate }) =>
        `${coordinate}: @audited is not allowed on the rows of logs, or on what only they reach`,
    );
}

/** Describes audited coordinates of a project without a package that records them. */
export const findUnrecorded = (coordinates: readonly Audited[]): readonly string[] =>
  coordinates.map(({ coordinate }) => `${coordinate}: @audited ${addPackage('rights')}`);

/** Returns the names of the types that root fields reach without these types. */
function reachableWithout(
  schema: GraphQLSchema,
  without: ReadonlySet<string>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  function visit(type: GraphQLNamedType): void {
    if (reached.has(type.name) || without.has(type.name)) return;
    reached.add(type.name);
    if (isAbstractType(type)) for (const each of schema.getPossibleTypes(type)) visit(each);
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    for (const each of type.getInterfaces()) visit(each);
    for (const field of Object.values(type.getFields())) visit(getNamedType(field.type));
  }
  for (const root of getRootTypes(schema)) visit(root);
  return reached;
}
