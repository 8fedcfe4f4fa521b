import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
} from 'graphql';
import { appliedDirectives } from '../../requirements/applied-directives.ts';

/** The directive that says which rows an id names. */
const directive = 'references';

/** Whether a schema can say which rows an id names. */
export const hasReferences = (schema: GraphQLSchema): boolean =>
  Boolean(schema.getDirective(directive));

/** Whether `@references` stands on an argument or input field, or on its scalar: its ids are checked before it runs. */
export const isReference = (
  schema: GraphQLSchema,
  member: GraphQLArgument | GraphQLInputField,
): boolean =>
  [member, getNamedType(member.type)].some((element) =>
    appliedDirectives(schema, element).some(({ name }) => name === directive),
  );
