import type { GraphQLArgument, GraphQLInputType } from 'graphql';
import { getNamedType, getNullableType, isInputObjectType, isListType } from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import type { Reference, References } from '../requirements/references.ts';
import type { FieldArguments } from './supplied-input.ts';

/** An id in an argument of a field that names a row. */
export interface ReferencedId {
  readonly reference: Reference;
  /** The coerced value, as the resolver gets it. */
  readonly id: unknown;
  readonly coordinate: string;
  /** Where the value is, such as `input.into.2`. */
  readonly argument: string;
}

/** Whether an argument of a field can hold ids of rows. */
export const holdsReferences = (
  references: References,
  { args }: FieldArguments,
  coordinate: string,
): boolean =>
  references.exist &&
  args.some(
    ({ name, type }) =>
      references.at(argumentCoordinate(coordinate, name), type) !== undefined ||
      references.isHeldBy(getNamedType(type).name),
  );

/** A field, and the coerced arguments of its call, defaults included. */
export interface CalledField extends FieldArguments {
  readonly coordinate: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The coordinate that the ids of its arguments name. Default: its own, by which `@references` is found. */
  readonly written?: string;
}

/** Returns the ids of rows in the arguments of one call, in lists and input objects at any depth. Null is no id. */
export function referencedIds(
  references: References,
  { args, coordinate, values, written = coordinate }: CalledField,
): readonly ReferencedId[] {
  const found: ReferencedId[] = [];

  function collect(value: unknown, declared: GraphQLInputType, place: Place): void {
    if (value === null || value === undefined) return;
    const type = getNullableType(declared);
    if (isListType(type) && Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        collect(item, type.ofType, { ...place, argument: `${place.argument}.${index}` });
      }
      return;
    }
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        const inside: unknown = Object(value)[field.name];
        const argument = `${place.argument}.${field.name}`;
        collectMember(inside, field, {
          argument,
          coordinate: memberCoordinate(type.name, field.name),
        });
      }
      return;
    }
    if (place.reference !== undefined)
      found.push({ ...place, reference: place.reference, id: value });
  }

  function collectMember(
    value: unknown,
    { type }: Pick<GraphQLArgument, 'type'>,
    place: Omit<Place, 'reference'>,
    declaredAt: string = place.coordinate,
  ): void {
    const reference = references.at(declaredAt, type);
    if (reference === undefined && !references.isHeldBy(getNamedType(type).name)) return;
    collect(value, type, { ...place, reference });
  }

  for (const arg of args) {
    const place = { argument: arg.name, coordinate: argumentCoordinate(written, arg.name) };
    collectMember(values[arg.name], arg, place, argumentCoordinate(coordinate, arg.name));
  }
  return found;
}

/** A position in the arguments of a field. */
interface Place {
  readonly argument: string;
  readonly coordinate: string;
  readonly reference: Reference | undefined;
}
