import type { GraphQLArgument, GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import { isGuardDirective } from '../requirements/directive-definitions.ts';
import { rootTypesOf } from '../requirements/schema-types.ts';
import { directiveCoordinate } from './hidden-coordinates.ts';
import type { Composite, VisibleInterfaces } from './visible-interfaces.ts';

/** The part of a schema that a viewer can reach. */
export interface SchemaView extends VisibleInterfaces {
  readonly hidden: ReadonlySet<string>;
}

/** A type to visit. `isValue`: an operation can return or supply a value of it, not only of types that implement it. */
type Step = readonly [type: GraphQLNamedType, isValue: boolean];

/**
 * Returns the types that are reachable from the root types and from the visible directives. A type that no longer
 * implements an interface in the visible schema can still be the type of its values, so it is included.
 */
export function visibleTypes(
  schema: GraphQLSchema,
  view: SchemaView,
): ReadonlySet<GraphQLNamedType> {
  const reached = new Set<GraphQLNamedType>();
  const asValues = new Set<GraphQLNamedType>();
  const waiting = rootTypesOf(schema)
    .filter(({ name }) => !view.hidden.has(name))
    .map((type): Step => [type, true]);
  const walk: Walk = { schema, view, steps: waiting };
  for (const directive of visibleDirectives(schema, view)) {
    addArgumentSteps(directiveCoordinate(directive), directive.args, walk);
  }
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const [type, isValue] = step;
    if (asValues.has(type) || (reached.has(type) && !isValue)) continue;
    if (isValue) asValues.add(type);
    if (!isIntrospectionType(type)) reached.add(type);
    addSteps(step, walk);
  }
  return reached;
}

/** Returns the visible directives, without the guards. */
export const visibleDirectives = (schema: GraphQLSchema, { hidden }: SchemaView) =>
  schema
    .getDirectives()
    .filter(({ name }) => !isGuardDirective(name))
    .filter((directive) => !hidden.has(directiveCoordinate(directive)));

interface Walk {
  readonly schema: GraphQLSchema;
  readonly view: SchemaView;
  readonly steps: Step[];
}

function addSteps([type, isValue]: Step, walk: Walk): void {
  const { schema, steps } = walk;
  const { hidden } = walk.view;
  if (isObjectType(type)) addFieldSteps(type, true, walk);
  else if (isInterfaceType(type)) {
    addFieldSteps(type, isValue, walk);
    if (!isValue) return;
    const { objects, interfaces } = schema.getImplementations(type);
    for (const each of [...objects, ...interfaces]) {
      if (!hidden.has(each.name)) steps.push([each, true]);
    }
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (hidden.has(memberCoordinate(type.name, field.name))) continue;
      steps.push([getNamedType(field.type), true]);
    }
  } else if (isUnionType(type)) {
    for (const member of type.getTypes()) if (!hidden.has(member.name)) steps.push([member, true]);
  }
}

function addFieldSteps(type: Composite, isValue: boolean, walk: Walk): void {
  for (const field of Object.values(type.getFields())) {
    const coordinate = memberCoordinate(type.name, field.name);
    if (walk.view.hidden.has(coordinate)) continue;
    walk.steps.push([getNamedType(field.type), isValue]);
    addArgumentSteps(coordinate, field.args, walk);
  }
  for (const each of walk.view.interfacesOf(type)) walk.steps.push([each, false]);
}

function addArgumentSteps(owner: string, args: readonly GraphQLArgument[], walk: Walk): void {
  for (const arg of args) {
    if (walk.view.hidden.has(argumentCoordinate(owner, arg.name))) continue;
    walk.steps.push([getNamedType(arg.type), true]);
  }
}
