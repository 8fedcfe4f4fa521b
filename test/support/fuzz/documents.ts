import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  print,
} from 'graphql';
import { mutate, nastyTexts, type Random } from './random.ts';

const deepest = 4;

/** What ends the sessions that the others ask with. */
const left = ['logout', 'logoutEverywhere'];

/** What would end one of the viewers: it is asked for with ids of nothing alone. */
const ending = [
  'deleteUser',
  'disableUser',
  'disableApiClient',
  'resetPassword',
  'revokeGroup',
  'rotateApiClientSecret',
];

/** An operation on this schema, of which some parts are wrong. `ids`: of what there is. */
export function makeDocument(
  random: Random,
  schema: GraphQLSchema,
  ids: readonly string[],
): string {
  const [query, mutation, subscription] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ];
  const roots = [query, query, query, query, mutation, mutation, mutation, subscription];
  const root = random.pick(roots.filter((type) => type !== null && type !== undefined));
  const kind = root === schema.getQueryType() ? 'query' : root.name.toLowerCase();
  const maker = { random, schema, ids };
  const document = `${kind} ${random.once(3) ? 'Fuzz' : ''} ${selections(maker, root, 0)}`;
  if (random.once(12)) return mutate(random, document);
  return random.once(4) ? reprinted(document) : document;
}

interface Maker {
  readonly random: Random;
  readonly schema: GraphQLSchema;
  readonly ids: readonly string[];
}

function selections(maker: Maker, type: GraphQLObjectType, depth: number): string {
  const { random } = maker;
  const fields = Object.values(type.getFields()).filter(({ name }) => !left.includes(name));
  const chosen = Array.from({ length: 1 + random.below(3) }, (_, index) => {
    if (random.once(12)) return '__typename';
    const field = random.pick(fields);
    const whole = `${fieldOf(maker, field, { depth, index })}`;
    return random.once(8) ? `... on ${type.name} { ${whole} }` : whole;
  });
  return `{ ${chosen.join(' ')} }`;
}

/** Under a name of its own where it has arguments: two of one name would have to be alike. */
function fieldOf(
  maker: Maker,
  field: GraphQLField<unknown, unknown>,
  { depth, index }: { readonly depth: number; readonly index: number },
): string {
  const { random, schema } = maker;
  const giver = ending.includes(field.name) ? { ...maker, ids: nastyTexts.slice(0, -1) } : maker;
  const isAliased = isCompositeType(getNamedType(field.type)) || random.once(5);
  const alias = isAliased ? `a${random.once(60) ? 0 : index}: ` : '';
  const args = field.args
    .filter(({ type }) => isNonNullType(type) || random.once(2))
    .map(({ name, type }) => `${name}: ${literal(giver, type)}`);
  const given = args.length === 0 ? '' : `(${args.join(', ')})`;
  const directive = random.once(20)
    ? random.pick([' @skip(if: false)', ' @include(if: true)', random.once(9) ? ' @nothing' : ''])
    : '';
  const type = getNamedType(field.type);
  const name = random.once(150) ? `${field.name}x` : field.name;
  if (!isCompositeType(type)) return `${alias}${name}${given}${directive}`;
  if (depth >= deepest) return `${alias}${name}${given}${directive} { __typename }`;
  const inside = isObjectType(type)
    ? selections(maker, type, depth + 1)
    : `{ __typename ... on ${random.pick(schema.getPossibleTypes(type)).name} { id } }`;
  return `${alias}${name}${given}${directive} ${inside}`;
}

/** A value of this type; sometimes one of another. */
function literal(maker: Maker, type: GraphQLInputType): string {
  const { random, ids } = maker;
  if (random.once(60))
    return random.pick([
      'null',
      '1',
      '-1.5e9',
      'true',
      '{}',
      '[]',
      'ENUM',
      '$missing',
      text(random),
    ]);
  if (isNonNullType(type)) return literal(maker, type.ofType);
  if (isListType(type)) {
    return `[${Array.from({ length: random.below(3) }, () => literal(maker, type.ofType)).join(', ')}]`;
  }
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
      .filter((field) => isNonNullType(field.type) || random.once(2))
      .map((field) => `${field.name}: ${literal(maker, field.type)}`);
    return `{ ${fields.join(', ')} }`;
  }
  if (type.name === 'ID')
    return JSON.stringify(random.once(3) ? random.pick(nastyTexts) : random.pick(ids));
  if (type.name === 'Int')
    return String(random.pick([0, 1, 3, 20, 100, 101, -1, 2147483647, 2147483648]));
  if (type.name === 'Boolean') return random.pick(['true', 'false']);
  if (type.name === 'DateTime')
    return JSON.stringify(random.pick(['2099-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'now']));
  return text(random);
}

const text = (random: Random) =>
  JSON.stringify(
    random.once(2) ? random.pick(nastyTexts) : `text-${random.below(1000)}-of-some-length`,
  );

/** The same document as another printer writes it, where it can be parsed. */
function reprinted(document: string): string {
  try {
    return print(parse(document));
  } catch {
    return document;
  }
}
