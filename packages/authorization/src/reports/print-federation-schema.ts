import type { DirectiveNode, DocumentNode, GraphQLSchema } from 'graphql';
import { getNamedType, isInterfaceType, print, visit } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { reachableTypeNames } from '../requirements/reachable-types.ts';
import { type Clause, implies, type Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { createDirectiveNode } from './directive-node.ts';
import { toSchemaDocument } from './schema-document.ts';

/** Alternatives of a field, beyond which the router is told less; the server still asks for all. */
const maxAlternatives = 64;

/**
 * Prints the SDL for a router of Apollo Federation in front of this server, with `@authenticated`,
 * `@requiresScopes` and `@policy` in the place of `@auth`. A group is a scope of the same name.
 *
 * The router refuses early what the server would refuse; it never keeps back what the server grants,
 * and where its directives cannot say the same it is told less, since the server asks again:
 *
 * - Directives of different kinds must all pass, so `requires: [A], or: [P]` can be said by neither
 *   `@requiresScopes` nor `@policy`: it becomes `@authenticated`.
 * - The router knows no arguments, input fields and enum values, and composition rejects guards on
 *   interfaces: only fields of object types bear any, with all that holds there.
 * - Composition asks on an interface's field for all that any implementation asks (AND). A field of an
 *   interface therefore bears, on each implementation, only what the interface itself asks.
 */
export function printFederationSchema(schema: GraphQLSchema, requirements: Requirements): string {
  const policies = new Set<string>();
  const toGuards = (typeName: string, fieldName: string): readonly DirectiveNode[] => {
    const held = requirementForRouter(schema, requirements, { typeName, fieldName });
    for (const { or } of held.filter(isPoliciesOnly)) for (const each of or) policies.add(each);
    return toDirectives(held);
  };
  const document: DocumentNode = visit(withoutGuards(schema), {
    ObjectTypeDefinition: ({ name: type, ...definition }) =>
      visit(
        { ...definition, name: type },
        {
          FieldDefinition: (field) => ({
            ...field,
            directives: [field.directives, toGuards(type.value, field.name.value)]
              .filter((directives) => directives !== undefined)
              .flat(),
          }),
        },
      ),
  });
  const printed = print(document);
  return `${[...notes(policies), link, '', printed].join('\n')}\n`;
}

/** Federation 2.6 is the first with `@policy`. */
const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@authenticated", "@requiresScopes", "@policy"])';

function notes(policies: ReadonlySet<string>): readonly string[] {
  return [
    '# For a router in front of the server. The server still enforces every @auth.',
    '# The router must receive the groups of a viewer as scopes, in the claim `scope`.',
    ...[...policies].map(
      (policy) =>
        `# The router must be given a result for the policy ${policy}: true wherever it cannot decide.`,
    ),
    '',
  ];
}

/** Leaves out `@auth` and `@public`, and the enums that nothing but they spoke of. */
function withoutGuards(schema: GraphQLSchema): DocumentNode {
  const reachable = reachableTypeNames(schema);
  const isGuard = (name: string): boolean => name === 'auth' || name === 'public';
  const spokenOf = new Set(
    schema
      .getDirectives()
      .filter(({ name }) => isGuard(name))
      .flatMap(({ args }) => args.map(({ type }) => getNamedType(type).name)),
  );
  return visit(toSchemaDocument(schema), {
    Directive: ({ name }) => (isGuard(name.value) ? null : undefined),
    DirectiveDefinition: ({ name }) => (isGuard(name.value) ? null : undefined),
    EnumTypeDefinition: ({ name }) =>
      spokenOf.has(name.value) && !reachable.has(name.value) ? null : undefined,
  });
}

/** What holds at a field, as far as it holds on every interface that has the field, too. */
function requirementForRouter(
  schema: GraphQLSchema,
  requirements: Requirements,
  { typeName, fieldName }: { readonly typeName: string; readonly fieldName: string },
): Requirement {
  const inherited = Object.values(schema.getTypeMap())
    .filter(isInterfaceType)
    .filter((each) => Object.hasOwn(each.getFields(), fieldName))
    .filter((each) => schema.getPossibleTypes(each).some(({ name }) => name === typeName))
    .map((each) => requirements.at(memberCoordinate(each.name, fieldName)));
  return requirements
    .at(memberCoordinate(typeName, fieldName))
    .filter((clause) => inherited.every((asked) => asked.some((other) => implies(other, clause))));
}

const isGroupsOnly = ({ requires, or }: Clause): boolean => requires.length > 0 && or.length === 0;
const isPoliciesOnly = ({ requires, or }: Clause): boolean =>
  requires.length === 0 && or.length > 0;

function toDirectives(requirement: Requirement): readonly DirectiveNode[] {
  if (requirement.length === 0) return [];
  const scopes = toAlternatives(requirement.filter(isGroupsOnly).map((clause) => clause.requires));
  const policies = toAlternatives(requirement.filter(isPoliciesOnly).map((clause) => clause.or));
  // Whoever has a scope is authenticated.
  return [
    scopes === undefined
      ? createDirectiveNode('authenticated', [])
      : createDirectiveNode('requiresScopes', [['scopes', JSON.stringify(scopes)]]),
    ...(policies === undefined
      ? []
      : [createDirectiveNode('policy', [['policies', JSON.stringify(policies)]])]),
  ];
}

/**
 * Turns 'one of each list' into the federation's 'all of one list': `[[A, B], [C]]` becomes
 * `[[A, C], [B, C]]`. A list that would make too many of them is left out.
 */
function toAlternatives(
  lists: readonly (readonly string[])[],
): readonly (readonly string[])[] | undefined {
  if (lists.length === 0) return undefined;
  const alternatives = lists.reduce<readonly (readonly string[])[]>(
    (known, list) => {
      if (known.length * list.length > maxAlternatives) return known;
      return known.flatMap((names) => list.map((name) => [...new Set([...names, name])]));
    },
    [[]],
  );
  return minimal(alternatives);
}

/** Leaves out an alternative that asks for all that another asks for, and maybe more. */
function minimal(alternatives: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return alternatives.filter((names, index) =>
    alternatives.every((other, otherIndex) => {
      const isCovered = other.every((name) => names.includes(name));
      const isEarlier = otherIndex < index || other.length < names.length;
      return otherIndex === index || !isCovered || !isEarlier;
    }),
  );
}
