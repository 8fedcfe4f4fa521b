import type { Authorization } from '@graphql-gatehouse/authorization';
import { getOperationAST } from 'graphql';
import type { Context } from '../context/context.ts';
import { amountFor } from '../operation/measure/amount.ts';
import { measureOperation } from '../operation/measure/measure-operation.ts';
import type { AnyDomain } from '../schema/domain.ts';
import type { ComposedSchema, OperationVerdicts } from '../schema/packages/composed-schema.ts';
import { packagesOf } from '../schema/packages/packages.ts';
import { createPricing } from '../schema/pricing.ts';
import type { Project } from '../schema/project.ts';
import { typesIn } from '../schema/sdl/coordinates-in.ts';
import { readTypeDefs } from '../schema/sdl/type-defs.ts';
import type { Groups } from '../values/groups.ts';

/** The schema that is reported on. */
export interface ReportedSchema {
  readonly project: Project;
  readonly guarded: Authorization<Context>;
  readonly domains: readonly AnyDomain[];
  readonly groups: Groups;
}

/** Returns what packages get of a composed schema. */
export function toComposedSchema(reported: ReportedSchema): ComposedSchema {
  const { project, guarded, domains, groups } = reported;
  const { source: schema, requirements } = guarded;
  const pricing = createPricing(domains);
  return {
    directory: project.directory,
    schema,
    requirements,
    groups,
    projectTypes: () =>
      typesIn(readTypeDefs(project.config.domains ?? [], project.directory).documents),
    groupSets: project.config.groupSets ?? [],
    notes: describeProofs(project),
    costOf(document) {
      const operation = getOperationAST(document);
      if (!operation) throw new Error('The document has not one operation alone.');
      // Without variables, each page has its maximum size.
      return amountFor(measureOperation({ schema, pricing, document, operation }).cost, undefined);
    },
  };
}

/** Returns the operations of front ends that a package decides. Undefined: none does. */
export const verdictsOf = (
  { config }: Project,
  composed: ComposedSchema,
): OperationVerdicts | undefined =>
  packagesOf(config)
    .find(({ verdicts }) => verdicts)
    ?.verdicts?.(composed);

/** Says what groups ask for beside the guards, and what packages say of that, for the access matrix. */
const describeProofs = ({ config }: Project): readonly string[] => {
  const packages = packagesOf(config);
  return [
    ...packages
      .flatMap(({ groupFactors = {} }) => Object.entries(groupFactors))
      .map(([group, factors]) => describeDemand(group, factors)),
    ...packages.flatMap(({ matrixNotes = [] }) => matrixNotes),
  ];
};

/** Says how many kinds of factors a group asks for. */
export function describeDemand(group: string, factors: number): string {
  const kinds = factors === 1 ? '1 kind' : `${factors} kinds`;
  return `**${group}** is held by sessions that have confirmed ${kinds} of factors.`;
}
