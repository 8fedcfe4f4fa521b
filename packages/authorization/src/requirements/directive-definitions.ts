import type { GraphQLEnumType } from 'graphql';
import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';

const authLocations: readonly DirectiveLocation[] = [
  DirectiveLocation.OBJECT,
  DirectiveLocation.INTERFACE,
  DirectiveLocation.UNION,
  DirectiveLocation.SCALAR,
  DirectiveLocation.ENUM,
  DirectiveLocation.INPUT_OBJECT,
  DirectiveLocation.FIELD_DEFINITION,
  DirectiveLocation.ARGUMENT_DEFINITION,
  DirectiveLocation.INPUT_FIELD_DEFINITION,
  DirectiveLocation.ENUM_VALUE,
];

const descriptions = {
  auth: 'Restricts access to this element. If it has several, all must pass.',
  requires: 'The viewer must be in one of these groups. Default: any authenticated viewer.',
  or: 'A viewer in none of the groups is allowed if one of these policies allows it.',
  rows: 'A viewer in none of the groups gets the rows of this list that one of these policies allows.',
  readable:
    'On enum values only. True: the guard holds where a client supplies the value, and not where a field returns it.',
  maxAge:
    'Seconds. The viewer must have logged in or confirmed its identity at most this long ago, whichever group or policy allows it.',
  factors:
    'How many kinds of factors the viewer must have confirmed: 1 or 2. With maxAge, each at most that long ago.',
  public:
    'Allows access to this root field without a token. On a type with @within: its rows are open.',
  within:
    'On a group: it is held within one row of this type, and `keepsOne` holder there. On a type: to which row of it each of its rows belongs, by a property of the row.',
  grants:
    'Who holds this group may grant and revoke these: in its place itself and what it implies, in rows within it others.',
  references:
    'The id must name a row of this type that is visible to the viewer, and that one of the policies allows, if any are named.',
  implies: 'A viewer who is in this group is also in these groups, and in those that they imply.',
  audited:
    'Each answer that holds this field, or an object of this type, is recorded before it is delivered.',
};

/** The arguments of `@auth` that name policies. A schema without policies has none of them. */
const policyArguments = ['or', 'rows'] as const;

/** The arguments of `@auth` about the proof of identity. */
const proofArguments = ['maxAge', 'factors'] as const;

const referenceLocations: readonly DirectiveLocation[] = [
  DirectiveLocation.ARGUMENT_DEFINITION,
  DirectiveLocation.INPUT_FIELD_DEFINITION,
  DirectiveLocation.SCALAR,
];

const publicLocations: readonly DirectiveLocation[] = [
  DirectiveLocation.FIELD_DEFINITION,
  DirectiveLocation.OBJECT,
  DirectiveLocation.INTERFACE,
];

const withinLocations: readonly DirectiveLocation[] = [
  DirectiveLocation.ENUM_VALUE,
  DirectiveLocation.OBJECT,
  DirectiveLocation.INTERFACE,
];

const auditedLocations: readonly DirectiveLocation[] = [
  DirectiveLocation.FIELD_DEFINITION,
  DirectiveLocation.OBJECT,
];

/** The names of the directives of the library. */
export const guardDirectives: readonly string[] = [
  'auth',
  'public',
  'implies',
  'references',
  'audited',
  'within',
  'grants',
];

/** Whether a directive of this name is one of the library. */
export const isGuardDirective = (name: string): boolean => guardDirectives.includes(name);

/** The names of the schema's enums. `policy` is absent in a schema without policies. */
export interface GuardEnumNames {
  readonly group?: string;
  readonly policy?: string | undefined;
}

/**
 * Prints the definitions of all directives of the library as SDL. The schema's own type definitions declare the enums, by
 * default `Group` and `Policy`.
 */
export function directiveTypeDefs({ group = 'Group', ...others }: GuardEnumNames = {}): string {
  const policy = 'policy' in others ? others.policy : 'Policy';
  return [
    `"${descriptions.auth}"`,
    'directive @auth(',
    `  "${descriptions.requires}"`,
    `  requires: [${group}!]`,
    ...(policy === undefined
      ? []
      : policyArguments.flatMap((name) => [
          `  "${descriptions[name]}"`,
          `  ${name}: [${policy}!]`,
        ])),
    `  "${descriptions.readable}"`,
    '  readable: Boolean',
    ...proofArguments.flatMap((name) => [`  "${descriptions[name]}"`, `  ${name}: Int`]),
    `) repeatable on ${authLocations.join(' | ')}`,
    '',
    `"${descriptions.public}"`,
    `directive @public on ${publicLocations.join(' | ')}`,
    '',
    `"${descriptions.implies}"`,
    `directive @implies(groups: [${group}!]!) on ${DirectiveLocation.ENUM_VALUE}`,
    '',
    `"${descriptions.references}"`,
    `directive @references(type: String!${policy === undefined ? '' : `, rows: [${policy}!]`}) on ${referenceLocations.join(' | ')}`,
    '',
    `"${descriptions.audited}"`,
    `directive @audited(reason: String) on ${auditedLocations.join(' | ')}`,
    '',
    `"${descriptions.within}"`,
    `directive @within(type: String!, by: String, keepsOne: Boolean) repeatable on ${withinLocations.join(' | ')}`,
    '',
    `"${descriptions.grants}"`,
    `directive @grants(groups: [${group}!]!) on ${DirectiveLocation.ENUM_VALUE}`,
    '',
  ].join('\n');
}

/** The enums that `@auth` refers to. `policy` is absent in a schema without policies. */
export interface GuardEnums {
  readonly group: GraphQLEnumType;
  readonly policy?: GraphQLEnumType;
}

/** Creates the definition of `@auth` for a code-first schema. */
export const createAuthDirective = ({ group, policy }: GuardEnums): GraphQLDirective =>
  new GraphQLDirective({
    name: 'auth',
    description: descriptions.auth,
    isRepeatable: true,
    locations: authLocations,
    args: {
      requires: { type: listOf(group), description: descriptions.requires },
      ...(policy === undefined
        ? {}
        : Object.fromEntries(
            policyArguments.map((name) => [
              name,
              { type: listOf(policy), description: descriptions[name] },
            ]),
          )),
      readable: { type: GraphQLBoolean, description: descriptions.readable },
      ...Object.fromEntries(
        proofArguments.map((name) => [name, { type: GraphQLInt, description: descriptions[name] }]),
      ),
    },
  });

const listOf = (type: GraphQLEnumType) => new GraphQLList(new GraphQLNonNull(type));

/** Creates the definition of `@implies` for a code-first schema. `group` is the enum whose values it stands on. */
export const createImpliesDirective = ({ group }: Pick<GuardEnums, 'group'>): GraphQLDirective =>
  new GraphQLDirective({
    name: 'implies',
    description: descriptions.implies,
    locations: [DirectiveLocation.ENUM_VALUE],
    args: { groups: { type: new GraphQLNonNull(listOf(group)) } },
  });

/** Creates the definition of `@references` for a code-first schema. */
export const createReferencesDirective = ({
  policy,
}: Pick<GuardEnums, 'policy'> = {}): GraphQLDirective =>
  new GraphQLDirective({
    name: 'references',
    description: descriptions.references,
    locations: referenceLocations,
    args: {
      type: { type: new GraphQLNonNull(GraphQLString) },
      ...(policy === undefined ? {} : { rows: { type: listOf(policy) } }),
    },
  });

/** Creates the definition of `@public` for a code-first schema. */
export const createPublicDirective = (): GraphQLDirective =>
  new GraphQLDirective({
    name: 'public',
    description: descriptions.public,
    locations: publicLocations,
  });

/** Creates the definition of `@within` for a code-first schema. */
export const createWithinDirective = (): GraphQLDirective =>
  new GraphQLDirective({
    name: 'within',
    description: descriptions.within,
    isRepeatable: true,
    locations: withinLocations,
    args: {
      type: { type: new GraphQLNonNull(GraphQLString) },
      by: { type: GraphQLString },
      keepsOne: { type: GraphQLBoolean },
    },
  });

/** Creates the definition of `@grants` for a code-first schema. `group` is the enum whose values it stands on. */
export const createGrantsDirective = ({ group }: Pick<GuardEnums, 'group'>): GraphQLDirective =>
  new GraphQLDirective({
    name: 'grants',
    description: descriptions.grants,
    locations: [DirectiveLocation.ENUM_VALUE],
    args: { groups: { type: new GraphQLNonNull(listOf(group)) } },
  });

/** Creates the definition of `@audited` for a code-first schema. */
export const createAuditedDirective = (): GraphQLDirective =>
  new GraphQLDirective({
    name: 'audited',
    description: descriptions.audited,
    locations: auditedLocations,
    args: { reason: { type: GraphQLString } },
  });
