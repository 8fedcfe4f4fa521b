import { fileOf } from '@graphql-gatehouse/authorization/reports';
import {
  type DefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from 'graphql';
import { named } from '../../error-pages.ts';
import type { CheckedTypeDefs } from './type-defs.ts';

interface DuplicateTypesOptions {
  /** The documents of Gatehouse's own domains. */
  readonly own: readonly DocumentNode[];
  readonly project: readonly DocumentNode[];
  /** The source name for definitions without a location. */
  readonly unnamed: string;
}

/** Where a type, a member of a type or a directive is declared. */
interface Declaration {
  /** The file and the line. */
  readonly place: string;
  readonly isOwn: boolean;
}

/**
 * Finds types, their members and directives that are declared more than once. graphql-js would report them without
 * their files. In the returned documents each one is declared once.
 *
 * Later definitions of an object type or enum become extensions, so that other mistakes in them are found too. Later
 * definitions of other types are omitted.
 */
export function findDuplicateTypes({
  own,
  project,
  unnamed,
}: DuplicateTypesOptions): CheckedTypeDefs {
  const declared = new Map<string, readonly Declaration[]>();
  const problems = new Map<string, string>();

  /** Returns whether it is the first declaration. Reports a later one with what to do about it. */
  function declare(coordinate: string, declaration: Declaration, advice?: string): boolean {
    const earlier = declared.get(coordinate) ?? [];
    const all = [...earlier, declaration];
    declared.set(coordinate, all);
    if (earlier.length === 0) return true;
    if (advice === undefined) return false;
    const places = [...new Set(all.map(({ place }) => place))].join(', ');
    const problem = all.some(({ isOwn }) => isOwn)
      ? `Gatehouse declares it too: ${advice}`
      : 'it is declared more than once';
    problems.set(coordinate, `${coordinate}: ${problem} (${places})`);
    return false;
  }

  function toSingle(node: DefinitionNode, isOwn: boolean): readonly DefinitionNode[] {
    const declarationOf = (astNode: SyntaxNode) => ({ place: placeOf(astNode, unnamed), isOwn });
    const declaration = declarationOf(node);
    if (node.kind === Kind.DIRECTIVE_DEFINITION) {
      return declare(`@${node.name.value}`, declaration, 'remove it here') ? [node] : [];
    }
    const isDefinition = isTypeDefinitionNode(node);
    if (!isDefinition && !isTypeExtensionNode(node)) return [node];
    const name = node.name.value;
    const isLater = isDefinition && !declare(name, declaration, adviceFor(node));
    const advice = isLater ? undefined : 'choose another name';
    const isNew = (member: Named): boolean =>
      declare(`${name}.${member.name.value}`, declarationOf(member), advice);
    return isLater ? toExtension(node, isNew) : [withMembers(node, isNew)];
  }

  const toSingles = (documents: readonly DocumentNode[], isOwn: boolean) =>
    documents.map((document) => ({
      ...document,
      definitions: document.definitions.flatMap((node) => toSingle(node, isOwn)),
    }));
  const documents = [...toSingles(own, true), ...toSingles(project, false)];
  return { documents, problems: named('declared-twice', [...problems.values()]) };
}

const keywords = {
  [Kind.OBJECT_TYPE_DEFINITION]: 'type',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
  [Kind.ENUM_TYPE_DEFINITION]: 'enum',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'input',
} as const;

const adviceFor = ({ kind, name }: TypeDefinitionNode): string =>
  kind === Kind.SCALAR_TYPE_DEFINITION
    ? 'remove it here'
    : `write \`extend ${keywords[kind]} ${name.value}\`, or choose another name`;

interface Named extends SyntaxNode {
  readonly name: { readonly value: string };
}

type SyntaxNode = NonNullable<NonNullable<Parameters<typeof fileOf>[0]>['astNode']>;

function placeOf(astNode: SyntaxNode, unnamed: string): string {
  const { file, line } = fileOf({ astNode });
  return file === undefined ? unnamed : `${file}:${line}`;
}

type IsNew = (member: Named) => boolean;

/** Omits the members that are declared elsewhere. */
function withMembers<Node extends TypeDefinitionNode | TypeExtensionNode>(
  node: Node,
  isNew: IsNew,
): Node {
  if ('values' in node && node.values) return { ...node, values: node.values.filter(isNew) };
  return 'fields' in node && node.fields ? { ...node, fields: node.fields.filter(isNew) } : node;
}

/** Converts a later definition to an extension without the members that are declared elsewhere. */
function toExtension(
  { description: _description, ...node }: TypeDefinitionNode,
  isNew: IsNew,
): readonly DefinitionNode[] {
  if (node.kind === Kind.OBJECT_TYPE_DEFINITION) {
    return [withMembers({ ...node, kind: Kind.OBJECT_TYPE_EXTENSION }, isNew)];
  }
  return node.kind === Kind.ENUM_TYPE_DEFINITION
    ? [withMembers({ ...node, kind: Kind.ENUM_TYPE_EXTENSION }, isNew)]
    : [];
}
