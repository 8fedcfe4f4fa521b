import type { DirectiveNode, DocumentNode, GraphQLSchema } from 'graphql';
import { getNamedType, isInterfaceType, print, visit } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import { isGuardDirective } from '../requirements/directive-definitions.ts';
import { reachableTypeNames } from '../requirements/reachable-types.ts';
import {
  type Clause,
  implies,
  type Requirement,
  sufficientGroups,
  withoutProof,
} from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { createDirectiveNode } from './directive-node.ts';
import { ExplainError } from './explain.ts';
import { printLinks, withoutFederation } from './federation-link.ts';
import { toSchemaDocument } from './schema-document.ts';

/**
 * The maximum number of alternatives in a router's directive. Clauses beyond it are checked only by the server.
 * Composition for Cosmo Router refuses more (`MAX_OR_SCOPES` of `@wundergraph/composition`).
 */
const maxAlternatives = 16;

/** What is known about the router. */
export interface FederationOptions {
  /**
   * The policies for which the router is given results. A router without a result refuses, and composition for Cosmo
   * Router does not know `@policy`. A clause with any other policy becomes `@authenticated`. Default: none.
   */
  readonly policies?: readonly string[];
}

/**
 * Prints the SDL for a router of Apollo Federation in front of this server, with `@authenticated`,
 * `@requiresScopes` and, for `policies`, `@policy` instead of `@auth`. A group becomes a scope of the same name. The router does not
 * know `@implies`, so a group and those that imply it are alternatives.
 *
 * The router refuses nothing that the server would grant. Where its directives cannot express a requirement, they
 * are weaker, and the server enforces the rest:
 *
 * - Directives of different kinds must all pass, so neither `@requiresScopes` nor `@policy` can express
 *   `requires: [A], or: [P]`: it becomes `@authenticated`.
 * - The router knows nothing of `maxAge` and `factors`: only the groups and policies of their clauses are printed.
 * - `rows` refuses no authenticated viewer, so a clause with it becomes `@authenticated`, whatever groups get all rows.
 * - The router supports no guards on arguments, input fields and enum values, and composition rejects guards on
 *   interfaces. Only fields of object types have directives, with all their inherited clauses.
 * - Composition joins the requirements of all implementations on the interface's field (AND). An implementation of
 *   an interface's field therefore has only the clauses that the interface has too.
 *
 * @throws {ExplainError} for one of `policies` that no field would ask the router for.
 */
export function printFederationSchema(
  schema: GraphQLSchema,
  requirements: Requirements,
  { policies: known = [] }: FederationOptions = {},
): string {
  const policies = new Set<string>();
  const isForPolicies = ({ requires, or }: Clause): boolean =>
    requires.length === 0 && or.length > 0 && or.every((each) => known.includes(each));
  const toGuards = (typeName: string, fieldName: string): readonly DirectiveNode[] => {
    const held = requirementForRouter(schema, requirements, { typeName, fieldName });
    const forPolicies = held.filter(isForPolicies).map(({ or }) => or);
    for (const each of forPolicies.flat()) policies.add(each);
    return toDirectives(held, forPolicies);
  };
  const document: DocumentNode = visit(withoutFederation(schema, withoutGuards(schema)), {
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
  requireUsed(known, policies);
  const links = printLinks(schema, policies.size > 0);
  return `${[...notes(policies), links, '', printed].join('\n')}\n`;
}

function requireUsed(known: readonly string[], used: ReadonlySet<string>): void {
  const problems = known
    .filter((policy) => !used.has(policy))
    .map(
      (policy) =>
        `No field asks a router for the policy "${policy}": none has a clause whose policies the router all knows, without groups.`,
    );
  if (problems.length > 0) throw new ExplainError(problems);
}

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

/** Removes `@auth`, `@public` and `@implies`, and the enums that only their arguments use. */
function withoutGuards(schema: GraphQLSchema): DocumentNode {
  const reachable = reachableTypeNames(schema);
  const guardEnums = new Set(
    schema
      .getDirectives()
      .filter(({ name }) => isGuardDirective(name))
      .flatMap(({ args }) => args.map(({ type }) => getNamedType(type).name)),
  );
  return visit(toSchemaDocument(schema), {
    Directive: ({ name }) => (isGuardDirective(name.value) ? null : undefined),
    DirectiveDefinition: ({ name }) => (isGuardDirective(name.value) ? null : undefined),
    EnumTypeDefinition: ({ name }) =>
      guardEnums.has(name.value) && !reachable.has(name.value) ? null : undefined,
  });
}

/** Returns the clauses of a field that every interface with this field has too. */
function requirementForRouter(
  schema: GraphQLSchema,
  requirements: Requirements,
  { typeName, fieldName }: { readonly typeName: string; readonly fieldName: string },
): Requirement {
  const inherited = Object.values(schema.getTypeMap())
    .filter(isInterfaceType)
    .filter((each) => Object.hasOwn(each.getFields(), fieldName))
    .filter((each) => schema.getPossibleTypes(each).some(({ name }) => name === typeName))
    .map((each) => requirements.at(memberCoordinate(each.name, fieldName)).map(withoutProof));
  return requirements
    .at(memberCoordinate(typeName, fieldName))
    .map(withoutProof)
    .filter((clause) => inherited.every((each) => each.some((other) => implies(other, clause))));
}

const isGroupsOnly = ({ requires, or, rows, within }: Clause): boolean =>
  requires.length > 0 && or.length === 0 && rows === undefined && within === undefined;

/** @param forPolicies the lists of policies for which the router has results: one of each list is needed. */
function toDirectives(
  requirement: Requirement,
  forPolicies: readonly (readonly string[])[],
): readonly DirectiveNode[] {
  if (requirement.length === 0) return [];
  const scopes = toAlternatives(requirement.filter(isGroupsOnly).map(sufficientGroups));
  const policies = toAlternatives(forPolicies);
  // @requiresScopes implies @authenticated.
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
 * Converts 'one of each list' to the federation's 'all of one list': `[[A, B], [C]]` becomes
 * `[[A, C], [B, C]]`. A list that would exceed {@link maxAlternatives} is omitted.
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

/** Removes alternatives that contain all names of another one. */
function minimal(alternatives: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return alternatives.filter((names, index) =>
    alternatives.every((other, otherIndex) => {
      const isCovered = other.every((name) => names.includes(name));
      const isEarlier = otherIndex < index || other.length < names.length;
      return otherIndex === index || !isCovered || !isEarlier;
    }),
  );
}
