/** Schema coordinates, in the notation of the GraphQL specification (section 2.14). */

/** Returns a coordinate such as `Room.accessCode`, `CreateUserInput.groups` or `Group.ADMIN`. */
export const memberCoordinate = (typeName: string, memberName: string): string =>
  `${typeName}.${memberName}`;

/** Returns a coordinate such as `Query.users(includeDisabled:)`. */
export const argumentCoordinate = (fieldCoordinate: string, argumentName: string): string =>
  `${fieldCoordinate}(${argumentName}:)`;

/** Returns the name of the type in a coordinate of a type or of a member. */
export const typeNameOf = (coordinate: string): string => coordinate.split('.', 1).join();
