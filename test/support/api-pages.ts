import { gatehouseConsole } from '@graphql-gatehouse/console';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { operations } from '@graphql-gatehouse/operations';
import { oidc, providers } from '@graphql-gatehouse/providers';
import { rights } from '@graphql-gatehouse/rights';
import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';
import { describeRequirement } from '../../packages/authorization/src/visibility/describe-guards.ts';
import { composeForReports } from '../../src/gatehouse/schema-report.ts';
import type { GatehousePackage } from '../../src/index.ts';
import { repository } from './process.ts';
import { table } from './reference-pages.ts';

/** A page of the reference, below `docs/reference/api`. */
type Section = 'gatehouse' | 'console' | 'factors' | 'mail' | 'providers' | 'rights';

const titles: Readonly<Record<Section, string>> = {
  gatehouse: 'Gatehouse',
  factors: 'Package `factors`',
  mail: 'Package `mail`',
  providers: 'Package `providers`',
  console: 'Package `console`',
  rights: 'Package `rights`',
};

const withSignUp = mail({ signUp: true });
const all: readonly GatehousePackage[] = [
  gatehouseConsole(),
  factors(),
  withSignUp,
  operations(),
  providers({ ACME: oidc({ issuer: 'https://id.acme.example' }) }),
  rights(),
];
const compose = (packages: readonly GatehousePackage[]) =>
  composeForReports({ directory: repository, config: { packages } });
const { source: schema, requirements } = compose(all);

/** What fields can need. The first that a field needs has its section. */
const parts = [
  ...all.map((each) => ({
    section: each.name,
    label: `the package \`${each.name}\``,
    packages: all.filter((other) => other !== each),
  })),
  {
    section: 'mail',
    label: 'the option `signUp` of `mail`',
    packages: all.map((each) => (each === withSignUp ? mail() : each)),
  },
].map(({ packages, ...part }) => ({ ...part, without: namesIn(compose(packages).source) }));

type Part = (typeof parts)[number];

/** The types of a schema, and their fields and values by coordinate. */
function namesIn(of: GraphQLSchema): ReadonlySet<string> {
  return new Set(
    Object.values(of.getTypeMap()).flatMap((type) => [
      type.name,
      ...membersOf(type).map(({ name }) => `${type.name}.${name}`),
    ]),
  );
}

type Member = GraphQLField<unknown, unknown> | GraphQLInputField | GraphQLEnumValue;

function membersOf(type: GraphQLNamedType): readonly Member[] {
  if (isEnumType(type)) return type.getValues();
  return 'getFields' in type ? Object.values(type.getFields()) : [];
}

/** The parts without which the schema does not have a name. */
const needsOf = (name: string): readonly Part[] =>
  parts.filter(({ without }) => !without.has(name));

const isSection = (name: string): name is Section => Object.hasOwn(titles, name);

function sectionOf(name: string): Section {
  const [first] = needsOf(name);
  const section = first?.section ?? 'gatehouse';
  if (!isSection(section)) throw new Error(`No page has ${name}: add a section.`);
  return section;
}

/** Says which parts a name needs besides those that its surroundings need. */
function needed(name: string, known: readonly Part[]): string {
  const labels = needsOf(name).filter((part) => !known.includes(part));
  return labels.length === 0 ? '' : `Only with ${labels.map(({ label }) => label).join(' and ')}.`;
}

const partsOf = (section: Section): readonly Part[] =>
  parts.slice(0, all.length).filter((part) => part.section === section);

/** Says who may use a coordinate. Empty where the rules of its surroundings decide. */
function guardOf(coordinate: string): string {
  const requirement = requirements.at(coordinate);
  return requirement.length === 0 ? '' : describeRequirement(requirement);
}

const sentences = (...parts: readonly (string | null | undefined)[]): string =>
  parts
    .filter((part) => part)
    .join(' ')
    .replaceAll(/\s+/g, ' ');

const isRoot = ({ name }: GraphQLNamedType): boolean =>
  ['Query', 'Mutation', 'Subscription'].includes(name);

const rootFields = [
  { heading: 'Queries', type: schema.getQueryType() },
  { heading: 'Mutations', type: schema.getMutationType() },
  { heading: 'Subscriptions', type: schema.getSubscriptionType() },
].flatMap(({ heading, type }) =>
  Object.values(type?.getFields() ?? {}).map((field) => {
    const coordinate = `${type?.name}.${field.name}`;
    return { heading, field, coordinate, section: sectionOf(coordinate) };
  }),
);

type RootField = (typeof rootFields)[number];

/** Types that clients can use. `Policy` is a part of guards alone. */
const types = Object.values(schema.getTypeMap()).filter(
  (type) =>
    !isRoot(type) &&
    !isIntrospectionType(type) &&
    !isSpecifiedScalarType(type) &&
    type.name !== 'Policy',
);

const anchor = (coordinate: string): string => coordinate.toLowerCase().replaceAll('.', '');

/** A type in SDL, with a link to its description from the page of a section. */
function linked(type: { toString(): string }, named: GraphQLNamedType, from: Section): string {
  if (isSpecifiedScalarType(named)) return `\`${type}\``;
  const section = sectionOf(named.name);
  return `[\`${type}\`](${section === from ? '' : `${section}.md`}#${anchor(named.name)})`;
}

/** The type of an argument or an input field, with its default value. */
function typeOf({ type, defaultValue }: GraphQLArgument | GraphQLInputField, from: Section) {
  const value = defaultValue === undefined ? undefined : astFromValue(defaultValue, type);
  return `${linked(type, getNamedType(type), from)}${value ? ` = \`${print(value)}\`` : ''}`;
}

/** The fields of what a field returns, in short. */
function returned(type: GraphQLNamedType): string {
  if (isUnionType(type)) return '';
  const names = isObjectType(type) || isInterfaceType(type) ? membersOf(type) : [];
  return names.length === 0 ? '' : `: ${names.map(({ name }) => `\`${name}\``).join(', ')}`;
}

function rootField({ field, coordinate, section }: RootField): string {
  const named = getNamedType(field.type);
  const args = field.args.map((arg) => [
    `\`${arg.name}\``,
    typeOf(arg, section),
    sentences(arg.description, guardOf(`${coordinate}(${arg.name}:)`)),
  ]);
  return [
    `### \`${coordinate}\``,
    sentences(field.description, needed(coordinate, partsOf(section))),
    ...(args.length === 0 ? [] : [table(['argument', 'type', 'meaning'], args).trimEnd()]),
    `- ${guardOf(coordinate) || 'Public: no token is necessary.'}\n- Returns ${linked(field.type, named, section)}${returned(named)}`,
  ].join('\n\n');
}

function describedType(type: GraphQLNamedType, section: Section): string {
  const rows = membersOf(type).map((member) => {
    const coordinate = `${type.name}.${member.name}`;
    const args = 'args' in member ? member.args : [];
    const meaning = sentences(
      member.description,
      guardOf(coordinate),
      needed(coordinate, needsOf(type.name)),
      ...args.map((arg) => `\`${arg.name}: ${arg.type}\`: ${arg.description}`),
    );
    if (!('type' in member)) return [`\`${member.name}\``, meaning];
    const supplied = isInputObjectType(type) ? type.getFields()[member.name] : undefined;
    const typeText = supplied
      ? typeOf(supplied, section)
      : linked(member.type, getNamedType(member.type), section);
    return [`\`${member.name}\``, typeText, meaning];
  });
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  const kinds = possible.map((each) => linked(each, each, section)).join(' or ');
  const head = isEnumType(type) ? ['value', 'meaning'] : ['field', 'type', 'meaning'];
  return [
    `### \`${type.name}\``,
    sentences(
      type.description,
      needed(type.name, partsOf(section)),
      kinds === '' ? '' : `One of ${kinds}.`,
    ),
    ...(rows.length === 0 ? [] : [table(head, rows).trimEnd()]),
  ].join('\n\n');
}

/** The fields and types of a section, each under a heading. */
function sectionPage(section: Section): string {
  const fields = rootFields.filter((each) => each.section === section);
  const own = types.filter(({ name }) => sectionOf(name) === section);
  const chapters = [
    ...['Queries', 'Mutations', 'Subscriptions'].map((heading) => ({
      heading,
      texts: fields.filter((each) => each.heading === heading).map(rootField),
    })),
    { heading: 'Types', texts: own.map((type) => describedType(type, section)) },
  ];
  const text = chapters
    .filter(({ texts }) => texts.length > 0)
    .map(({ heading, texts }) => [`## ${heading}`, ...texts].join('\n\n'));
  return `${text.join('\n\n')}\n`;
}

const firstSentence = (text: string): string => /^.*?[.:](?= |$)/.exec(text)?.[0] ?? text;

/** All fields of the roots, by section, and the policies of their guards. */
function overview(): string {
  const lists = Object.entries(titles).map(([section, title]) => {
    const rows = rootFields
      .filter((each) => each.section === section)
      .map(({ coordinate, field }) => [
        `[\`${coordinate}\`](api/${section}.md#${anchor(coordinate)})`,
        firstSentence(sentences(field.description)).replace(/:$/, '.'),
        guardOf(coordinate) || 'Public.',
      ]);
    return `## ${title}\n\n${table(['field', 'what it does', 'for'], rows)}`;
  });
  const policy = schema.getType('Policy');
  const policies = (policy === undefined ? [] : membersOf(policy)).map(({ name, description }) => [
    `\`${name}\``,
    description ?? '',
  ]);
  return [...lists, `## Policies\n\n${table(['policy', 'allows if'], policies)}`].join('\n');
}

/** The pages of the reference, each with its generated part. */
export const apiPages = (): readonly { readonly page: string; readonly generated: string }[] => [
  { page: 'docs/reference/api.md', generated: overview() },
  ...Object.keys(titles)
    .filter(isSection)
    .map((section) => ({
      page: `docs/reference/api/${section}.md`,
      generated: sectionPage(section),
    })),
];
