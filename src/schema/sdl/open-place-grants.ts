import { type ConstDirectiveNode, type DocumentNode, visit } from 'graphql';
import { parseDirectives } from './type-defs.ts';

/** The fields that users reach who may grant something in a place. */
const fields: readonly string[] = ['grantGroup', 'revokeGroup'];

/**
 * Opens the fields that grant groups to who may grant them in a place. Only for schemas with groups in places: everywhere else
 * they stay hidden from all but administrators.
 */
export const openPlaceGrants = (documents: readonly DocumentNode[]): readonly DocumentNode[] =>
  documents.map((document) =>
    visit(document, {
      FieldDefinition: (node) =>
        fields.includes(node.name.value)
          ? { ...node, directives: (node.directives ?? []).map(opened) }
          : undefined,
    }),
  );

const [opening] = parseDirectives('@auth(or: [PLACE_GRANTER])');

const opened = (directive: ConstDirectiveNode): ConstDirectiveNode =>
  directive.name.value === 'auth'
    ? { ...directive, arguments: [...(directive.arguments ?? []), ...(opening?.arguments ?? [])] }
    : directive;
