import type { ComposedSchema } from 'graphql-gatehouse';
import { defineCommand } from 'graphql-gatehouse/package';
import type { ProvidersOptions } from '../options.ts';

/** One value of a claim, with the groups that it gives. */
interface MappedValue {
  readonly provider: string;
  readonly claim: string;
  readonly value: string;
  readonly named: readonly string[];
}

const mappedValues = (options: ProvidersOptions): readonly MappedValue[] =>
  Object.entries(options).flatMap(([provider, { groups }]) =>
    [...(groups?.map ?? [])].map(([value, named]) => ({
      provider,
      claim: groups?.claim ?? '',
      value,
      named,
    })),
  );

/** The group that may do everything with accounts. It is never given by another name. */
const admin = 'ADMIN';

type Groups = Pick<ComposedSchema['groups'], 'has' | 'inEffect' | 'placeTypeOf'>;

/** Says what is wrong with the maps: groups that the schema lacks, or that are held in places alone, and such as give ADMIN without its name. Pure. */
const describeProblems = (options: ProvidersOptions, groups: Groups): readonly string[] =>
  mappedValues(options).flatMap(({ provider, value, named }) => {
    const map = `providers: ${provider} maps ${JSON.stringify(value)} to`;
    const unknown = named.filter((group) => !groups.has(group));
    const impliesAdmin = groups.inEffect(named).includes(admin) && !named.includes(admin);
    return [
      ...unknown.map((group) => `${map} ${group}, which is no group of the schema.`),
      ...named.flatMap((group) => {
        const type = groups.placeTypeOf(group);
        return type === undefined ? [] : [`${map} ${group}, which is held in one ${type} alone.`];
      }),
      ...(impliesAdmin ? [`${map} a group that implies ${admin}. Name ${admin} beside it.`] : []),
    ];
  });

/** @throws {TypeError} */
export function requireMappedGroups(options: ProvidersOptions, groups: Groups): void {
  const [problem] = describeProblems(options, groups);
  if (problem !== undefined) throw new TypeError(problem);
}

/** Describes what each value gives, and what its groups open. */
async function describeMaps(
  options: ProvidersOptions,
  { schema, requirements, groups }: ComposedSchema,
): Promise<readonly string[]> {
  // Loaded by a command alone: no server needs it.
  const { listGroupRights } = await import('@graphql-gatehouse/authorization/reports');
  const rights = listGroupRights(schema, requirements);
  return mappedValues(options).flatMap(({ provider, claim, value, named }) => {
    const held = groups.inEffect(named);
    const opened = rights.filter((right) => right.groups.some((group) => held.includes(group)));
    return [
      `${provider}: ${claim} ${JSON.stringify(value)} gives ${held.join(', ')}, which opens:`,
      ...opened.map(({ coordinate }) => `  ${coordinate}`),
    ];
  });
}

/** Returns what the package has for the review of its maps: a command, and a part of `gatehouse check`. */
export function groupMapsOf(options: ProvidersOptions) {
  if (mappedValues(options).length === 0) return {};
  const lines = (composed: ComposedSchema) => describeMaps(options, composed);
  const problems = ({ groups }: ComposedSchema) => describeProblems(options, groups);
  return {
    schemaCommands: {
      'providers groups': defineCommand({
        description: 'show which groups the claims of identity providers give, and what they open',
        run: async (composed: ComposedSchema) => ({
          lines: await lines(composed),
          problems: problems(composed),
        }),
      }),
    },
    check: {
      run: async (composed: ComposedSchema) => ({ lines: [], problems: problems(composed) }),
      describe: async (composed: ComposedSchema) => ({
        heading: 'Groups from identity providers',
        lines: await lines(composed),
      }),
    },
  };
}
