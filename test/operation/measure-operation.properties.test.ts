import fc from 'fast-check';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLOutputType,
  OperationDefinitionNode,
  SelectionNode,
} from 'graphql';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { amountFor } from '../../src/operation/measure/amount.ts';
import { measureOperation } from '../../src/operation/measure/measure-operation.ts';
import type { Pricing } from '../../src/schema/pricing.ts';

const schema = buildSchema(`
  type Query { node: Node page(first: Int = 20): Connection list: [Node!]! leaf: Int }
  type Node { node: Node page(first: Int = 20): Connection list: [Node!]! items(first: Int): [Node] leaf: Int }
  type Connection { edges: [Edge!]! total: Int }
  type Edge { node: Node! cursor: String }
`);
const pricing: Pricing = {
  fields: { 'Node.leaf': 3, 'Query.list': 7 },
  mutation: 10,
  other: 1,
  introspection: 50,
  listSize: 4,
  maxPageSize: 100,
};
const size = 33;

/** A field of a type, as text. `fragmentsFrom` is the first fragment that may be spread there. */
const nameOfFragment = (type: string, index: number) => `${type}${index}`;
const types = ['Query', 'Node', 'Connection', 'Edge'];
const fragmentsOfType = 3;

/** Selections on a type: they spread only fragments of a greater index, so that none holds itself. */
function selections(type: string, spreadFrom: number, depth: number): fc.Arbitrary<string> {
  const leaf = { Query: 'leaf', Node: 'leaf', Connection: 'total', Edge: 'cursor' }[type] ?? '';
  const leaves = fc.constantFrom(leaf, '__typename', `a: ${leaf}`, 'b: __typename');
  const spreads = Array.from({ length: fragmentsOfType - spreadFrom }, (_, index) =>
    fc.constant(`...${nameOfFragment(type, spreadFrom + index)}`),
  );
  const inside = (child: string) => selections(child, spreadFrom, depth - 1);
  const page = fc.constantFrom('', '(first: 3)', '(first: $size)', '(first: null)', '(first: 999)');
  const field = (name: string, child: string) => inside(child).map((set) => `${name} ${set}`);
  const paged = (name: string, child: string) =>
    fc.tuple(page, inside(child)).map(([first, set]) => `x: ${name}${first} ${set}`);
  const below =
    depth === 0
      ? []
      : ({
          Query: [field('node', 'Node'), paged('page', 'Connection'), field('list', 'Node')],
          Node: [paged('page', 'Connection'), field('list', 'Node'), paged('items', 'Node')],
          Connection: [field('edges', 'Edge')],
          Edge: [field('node', 'Node')],
        }[type] ?? []);
  const inline = depth === 0 ? [] : [inside(type).map((set) => `... @include(if: false) ${set}`)];
  return fc
    .array(fc.oneof(leaves, ...spreads, ...below, ...inline), { minLength: 1, maxLength: 3 })
    .map((all) => `{ ${all.join(' ')} }`);
}

const documents = fc
  .tuple(
    selections('Query', 0, 3),
    ...types.flatMap((type) =>
      Array.from({ length: fragmentsOfType }, (_, index) =>
        selections(type, index + 1, 2).map(
          (set) => `fragment ${nameOfFragment(type, index)} on ${type} ${set}`,
        ),
      ),
    ),
  )
  .map(([set, ...fragments]) => parse(`query ($size: Int) ${set} ${fragments.join(' ')}`));

const rules = specifiedRules.filter(
  ({ name }) => !/Unused|OverlappingFields|IntrospectionDepth/.test(name),
);

const isOperation = (node: DocumentNode['definitions'][number]): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION;

function operationOf({ definitions }: DocumentNode): OperationDefinitionNode {
  const operation = definitions.find(isOperation);
  if (operation === undefined) throw new Error('There is no operation.');
  return operation;
}

/** Every selection that is made, fragments written out, with the fields above it. As naive as can be. */
function expand(
  document: DocumentNode,
  inside: readonly SelectionNode[],
  above: readonly FieldNode[],
): { readonly node: SelectionNode; readonly above: readonly FieldNode[] }[] {
  return inside.flatMap((node) => {
    const here = { node, above };
    if (node.kind === Kind.FIELD) {
      return [here, ...expand(document, node.selectionSet?.selections ?? [], [...above, node])];
    }
    if (node.kind === Kind.INLINE_FRAGMENT) {
      return [here, ...expand(document, node.selectionSet.selections, above)];
    }
    const fragment = document.definitions.find(
      (each): each is FragmentDefinitionNode =>
        each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === node.name.value,
    );
    return [here, ...expand(document, fragment?.selectionSet.selections ?? [], above)];
  });
}

const fieldAt = (path: readonly FieldNode[]) => {
  let type: unknown = schema.getQueryType();
  let coordinate = '';
  let fieldType: GraphQLOutputType | undefined;
  for (const { name } of path) {
    if (!isObjectType(type)) throw new Error('No object.');
    coordinate = `${type.name}.${name.value}`;
    fieldType = type.getFields()[name.value]?.type;
    type = fieldType && getNamedType(fieldType);
  }
  return { coordinate, isList: fieldType !== undefined && isListType(getNullableType(fieldType)) };
};

/** The page size that a field asks for; undefined when it has no pages. */
function firstOf({ name, arguments: [argument] = [] }: FieldNode): number | undefined {
  if (name.value !== 'page' && name.value !== 'items') return undefined;
  const absent = name.value === 'page' ? 20 : 100;
  if (argument === undefined || argument.value.kind === Kind.NULL) return absent;
  if (argument.value.kind === Kind.VARIABLE) return size;
  return argument.value.kind === Kind.INT ? Math.min(100, Number(argument.value.value)) : absent;
}

/** How many objects each object above has of the list at the end of the path; 1 for no list. */
function timesOf(path: readonly FieldNode[]): number {
  const [field, around] = [path.at(-1), path.at(-2)];
  if (field === undefined || !fieldAt(path).isList) return 1;
  const own = firstOf(field);
  if (own !== undefined) return own;
  const isPaged = around !== undefined && !fieldAt(path.slice(0, -1)).isList;
  return (isPaged ? firstOf(around) : undefined) ?? pricing.listSize;
}

function naiveCost(document: DocumentNode): number {
  const all = expand(document, operationOf(document).selectionSet.selections, []);
  return all.reduce((sum, { node, above }) => {
    if (node.kind !== Kind.FIELD) return sum;
    const price = pricing.fields[fieldAt([...above, node]).coordinate] ?? pricing.other;
    const times = above.map((_, index) => timesOf(above.slice(0, index + 1)));
    return sum + times.reduce((product, each) => product * each, price);
  }, 0);
}

describe('an operation with fragments', () => {
  it('measures and costs what it does with every fragment written out', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(validate(schema, document, rules)).toEqual([]);
        const operation = operationOf(document);
        const all = expand(document, operation.selectionSet.selections, []);
        const fields = all.filter(({ node }) => node.kind === Kind.FIELD);
        const measured = measureOperation({ schema, pricing, document, operation });
        expect(measured).toMatchObject({
          depth: Math.max(...fields.map(({ above }) => above.length + 1)),
          introspectionDepth: 0,
          aliases: fields.filter(({ node }) => 'alias' in node && node.alias !== undefined).length,
          fields: fields.filter(({ above }) => above.length === 0).length,
          selections: all.length,
        });
        expect(amountFor(measured.cost, { size })).toBe(naiveCost(document));
      }),
      { numRuns: 300 },
    );
  });

  it('takes no time for fragments that double eighty times', () => {
    const fragments = Array.from(
      { length: 80 },
      (_, index) =>
        `fragment F${index} on Node { node { ...F${index + 1} } x: node { ...F${index + 1} } }`,
    );
    const document = parse(
      `{ node { ...F0 } } ${fragments.join(' ')} fragment F80 on Node { leaf }`,
    );
    const operation = operationOf(document);
    const measured = measureOperation({ schema, pricing, document, operation });
    expect(measured).toMatchObject({ depth: 82, aliases: 2 ** 80 - 1 });
    expect(amountFor(measured.cost, undefined)).toBeGreaterThan(2 ** 80);
  });

  it('is refused outright when a fragment holds itself', () => {
    const document = parse(
      '{ ...A } fragment A on Query { node { ...B } } fragment B on Node { ...A }',
    );
    const operation = operationOf(document);
    expect(() => measureOperation({ schema, pricing, document, operation })).toThrow(
      'contains itself',
    );
  });
});
