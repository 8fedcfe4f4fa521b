import { decide } from '@graphql-gatehouse/authorization';
import type { Finding } from '@graphql-gatehouse/authorization/reports';
import type { GraphQLSchema } from 'graphql';
import type { Groups } from '../values/groups.ts';

/** A schema with the guards of a project, and the same with those that Gatehouse and packages have. */
export interface LoosenedGuards {
  readonly schema: GraphQLSchema;
  readonly unchanged: GraphQLSchema;
  readonly groups: Groups;
  /** The groups of new users for whom none are given. */
  readonly newUserGroups: readonly string[];
}

/** Says what the holder of one group gets by a field beside what it has. Undefined: nothing. */
type Power = (guards: LoosenedGuards, holder: string) => string | undefined;

/** Fields by which one can get into an account. They are refused where the viewer could not grant its groups. */
const takesOver: Power = ({ schema, groups }, holder) => {
  const others = groups.names.filter((name) => mayGrant(schema, groups, { holder, name }));
  const accounts =
    others.length === 0 ? 'without groups' : `without groups, or with ${others.join(', ')}`;
  return `${holder} gets into accounts of others ${accounts}`;
};

/** Fields that give groups. */
const grants: Power = ({ schema, groups }, holder) => {
  const more = notHeld(groups, holder, groups.names).filter((name) =>
    mayGrant(schema, groups, { holder, name }),
  );
  return more.length === 0
    ? undefined
    : `${holder} may grant ${more.join(', ')} to its own account, and does not hold them`;
};

/** Fields that make accounts. The server gives these groups, whatever the viewer could grant. */
const makesAccounts: Power = ({ schema, groups, newUserGroups }, holder) => {
  const more = notHeld(groups, holder, newUserGroups).filter(
    (name) => !mayGrant(schema, groups, { holder, name }),
  );
  return more.length === 0
    ? undefined
    : `${holder} makes accounts in ${more.join(', ')}, which it neither holds nor may grant`;
};

/** By field, of Gatehouse and of its packages. */
const powers: Readonly<Record<string, Power>> = {
  grantGroup: grants,
  createUser: makesAccounts,
  inviteUser: makesAccounts,
  updateUser: takesOver,
  enableUser: takesOver,
  resetPassword: takesOver,
  rotateApiClientSecret: takesOver,
  resetFactors: takesOver,
  openEnrolment: takesOver,
  sendPasswordReset: takesOver,
};

/** Finds fields whose guards the configuration has loosened, so that they give more than the holders of a group have. */
export function findLoosenedGuards(guards: LoosenedGuards): readonly Finding<'loosened-guard'>[] {
  const { schema, unchanged, groups } = guards;
  const fields = schema.getMutationType()?.getFields() ?? {};
  return Object.entries(powers).flatMap(([field, power]) => {
    if (!(field in fields)) return [];
    const coordinate = `Mutation.${field}`;
    const loosened = groups.names.filter(
      (holder) =>
        admits(schema, groups, { holder, coordinate }) &&
        !admits(unchanged, groups, { holder, coordinate }),
    );
    const problems = loosened.flatMap((holder) => power(guards, holder) ?? []);
    if (problems.length === 0) return [];
    const problem = `\`guards\` gives more than the group has: ${problems.join('; ')}`;
    const advice = 'keep the guard, or say why the holders may do this';
    const name = 'loosened-guard';
    return [{ coordinate, name, problem, advice, certainty: 'fails unless accepted' }];
  });
}

const notHeld = (groups: Groups, holder: string, names: readonly string[]): readonly string[] => {
  const held = groups.inEffect([holder]);
  return names.filter((name) => !held.includes(name));
};

const mayGrant = (
  schema: GraphQLSchema,
  groups: Groups,
  { holder, name }: { readonly holder: string; readonly name: string },
): boolean =>
  ['Mutation.grantGroup', 'Mutation.grantGroup(group:)', `Group.${name}`].every((coordinate) =>
    admits(schema, groups, { holder, coordinate }),
  );

/** Whether the holder of one group may use a coordinate after any proof, and whatever a policy says. */
function admits(
  schema: GraphQLSchema,
  groups: Groups,
  { holder, coordinate }: { readonly holder: string; readonly coordinate: string },
): boolean {
  const viewer = { isAuthenticated: true, groups: new Set(groups.inEffect([holder])) } as const;
  const { outcome } = decide(schema, coordinate, viewer);
  return outcome === 'allowed' || outcome === 'unproven';
}
