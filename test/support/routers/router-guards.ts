import { decide } from '@graphql-gatehouse/authorization';
import { type DirectiveNode, type GraphQLSchema, Kind, parse, valueFromASTUntyped } from 'graphql';
import { z } from 'zod';

/** What a router requires for a field. */
export interface RouterGuard {
  readonly coordinate: string;
  readonly requiresAuthentication: boolean;
  /** All scopes of one list suffice. */
  readonly scopes: readonly (readonly string[])[];
}

/** The guards of the fields of a supergraph. */
export function guardsOfSupergraph(sdl: string): readonly RouterGuard[] {
  return parse(sdl).definitions.flatMap((definition) => {
    if (
      definition.kind !== Kind.OBJECT_TYPE_DEFINITION &&
      definition.kind !== Kind.INTERFACE_TYPE_DEFINITION
    ) {
      return [];
    }
    return (definition.fields ?? []).flatMap(({ name, directives = [] }) => {
      const find = (directive: string) => directives.find((each) => each.name.value === directive);
      const scopes = scopesOf(find('requiresScopes'));
      const requiresAuthentication = find('authenticated') !== undefined;
      return requiresAuthentication || scopes.length > 0
        ? [{ coordinate: `${definition.name.value}.${name.value}`, requiresAuthentication, scopes }]
        : [];
    });
  });
}

const scopesOf = (directive: DirectiveNode | undefined): RouterGuard['scopes'] =>
  (directive?.arguments ?? []).flatMap(({ value }) =>
    z.array(z.array(z.string())).parse(valueFromASTUntyped(value)),
  );

const refuses = ({ requiresAuthentication, scopes }: RouterGuard, groups: Groups): boolean =>
  groups === null
    ? requiresAuthentication || scopes.length > 0
    : scopes.length > 0 && !scopes.some((names) => names.every((name) => groups.includes(name)));

/** Null: an anonymous viewer. */
type Groups = readonly string[] | null;

/** Decisions of a router, compared with those of the subgraphs. */
export interface GuardTally {
  decisions: number;
  /** Both refuse. */
  refused: number;
  /** Only a subgraph refuses by groups alone. */
  left: number;
  /** Coordinates that the router refuses to a viewer to whom every subgraph would grant them. */
  readonly excess: string[];
}

/** Compares what a router refuses to viewers in any of the groups with what the guarded schemas refuse. */
export function compareGuards(
  guards: readonly RouterGuard[],
  schemas: readonly GraphQLSchema[],
  groups: readonly string[],
): GuardTally {
  const tally: GuardTally = { decisions: 0, refused: 0, left: 0, excess: [] };
  for (const guard of guards) {
    for (const held of [null, ...subsetsOf(groups)]) {
      const isRefused = schemas.some((schema) => isRefusedBy(schema, guard.coordinate, held));
      tally.decisions += 1;
      if (refuses(guard, held)) {
        if (isRefused) tally.refused += 1;
        else tally.excess.push(`${guard.coordinate} for ${JSON.stringify(held)}`);
      } else if (isRefused) tally.left += 1;
    }
  }
  return tally;
}

function isRefusedBy(schema: GraphQLSchema, coordinate: string, held: Groups): boolean {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  if (type === undefined || !('getFields' in type) || !(fieldName in type.getFields()))
    return false;
  const known = new Set(held?.filter((group) => isGroupOf(schema, group)));
  const viewer =
    held === null
      ? ({ isAuthenticated: false, reason: 'TOKEN_MISSING' } as const)
      : ({ isAuthenticated: true, groups: known } as const);
  const { outcome } = decide(schema, coordinate, viewer);
  return outcome === 'unauthenticated' || outcome === 'forbidden';
}

function isGroupOf(schema: GraphQLSchema, group: string): boolean {
  const type = schema.getType('Group');
  return type !== undefined && 'getValue' in type && type.getValue(group) !== undefined;
}

/** All sets of some of the names, the empty one included. */
function subsetsOf([name, ...others]: readonly string[]): readonly (readonly string[])[] {
  if (name === undefined) return [[]];
  const rest = subsetsOf(others);
  return [...rest, ...rest.map((each) => [name, ...each])];
}
