import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/** The types of the audit log and of the record of reads. */
const logTypes: ReadonlySet<string> = new Set(
  ['AuditEvent', 'RecordRead'].flatMap((name) => [name, `${name}Edge`, `${name}Connection`]),
);

/** Finds audited coordinates of the logs, and of types that only the logs reach: logs are about other records. */
export function findAuditedLogs(
  schema: GraphQLSchema,
  coordinates: readonly { readonly coordinate: string }[],
): readonly string[] {
  const others = reachableWithout(schema, logTypes);
  const all = reachableWithout(schema, new Set());
  return coordinates
    .filter(({ coordinate }) => {
      const [typeName = ''] = coordinate.split('.');
      return all.has(typeName) && !others.has(typeName);
    })
    .map(
      ({ coordinate }) =>
        `${coordinate}: @audited is not allowed on the audit log and on the record of reads, or on what only they reach`,
    );
}

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
  for (const root of [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ]) {
    if (root !== undefined && root !== null) visit(root);
  }
  return reached;
}
