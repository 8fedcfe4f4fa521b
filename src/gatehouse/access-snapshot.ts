import { createHash } from 'node:crypto';
import type { Authorization } from '@graphql-gatehouse/authorization';
import {
  type AccessRecord,
  createAccessRecord,
  decideAccessRecord,
  type RecordedAccess,
} from '@graphql-gatehouse/authorization/reports';
import type { Context } from '../context/context.ts';
import type { SchemaSnapshot, Subject } from '../identity/access/access-history.store.ts';
import { groupFactorsOf } from '../schema/packages/packages.ts';
import type { Project } from '../schema/project.ts';
import { createGroups, type Groups } from '../values/groups.ts';

/** Who can access what on a node, as it is stored. */
export interface AccessSnapshot {
  /** In schema order. */
  readonly groups: readonly string[];
  /** All groups that a group implies, by group. */
  readonly implied: Readonly<Record<string, readonly string[]>>;
  /** How many kinds of factors groups ask for, by group. */
  readonly groupFactors: Readonly<Record<string, 1 | 2>>;
  /** Whether the node denied nothing: `AUTHORIZATION=report`. */
  readonly reportsOnly: boolean;
  readonly access: AccessRecord;
}

interface SnapshotOptions {
  readonly groups: Groups;
  readonly project: Project;
  readonly reportsOnly: boolean;
}

/** Describes what a node serves. Nodes with the same schema and settings give the same text. */
export function takeAccessSnapshot(
  { source, requirements, schemaHash }: Authorization<Context>,
  { groups, project, reportsOnly }: SnapshotOptions,
): SchemaSnapshot {
  const snapshot: AccessSnapshot = {
    groups: groups.names,
    implied: Object.fromEntries(
      groups.names
        .map((name) => [name, groups.impliedBy(name)] as const)
        .filter(([, implied]) => implied.length > 0),
    ),
    groupFactors: groupFactorsOf(project.config),
    reportsOnly,
    access: createAccessRecord(source, requirements),
  };
  const content = JSON.stringify(snapshot);
  const digest = new Uint8Array(createHash('sha256').update(content).digest());
  return { schemaHash: schemaHash(), content, digest };
}

/** What an account could access by one schema. */
export interface DecidedAccess {
  /** The groups in effect, with what they implied. Null: the account could not log in. */
  readonly groups: readonly string[] | null;
  /** Granted groups that the schema did not have. They granted nothing. */
  readonly unknownGroups: readonly string[];
  /** How many kinds of factors the groups in effect asked for, by group. Programs are not asked. */
  readonly groupFactors: Readonly<Record<string, number>>;
  readonly reportsOnly: boolean;
  readonly coordinates: readonly RecordedAccess[];
}

/** Decides what an account could access by a stored text. `granted` null: it could not log in. Pure. */
export function decideBySnapshot(
  content: string,
  granted: readonly string[] | null,
  kind: Subject['kind'],
): DecidedAccess {
  const { access, reportsOnly, ...snapshot }: AccessSnapshot = JSON.parse(content);
  const { has, inEffect } = createGroups(
    snapshot.groups,
    new Map(Object.entries(snapshot.implied)),
  );
  const groups = granted === null ? null : inEffect(granted);
  const isPerson = kind === 'USER';
  const demands = Object.entries(snapshot.groupFactors).filter(([name]) => groups?.includes(name));
  return {
    groups,
    unknownGroups: (granted ?? []).filter((name) => !has(name)),
    groupFactors: isPerson ? Object.fromEntries(demands) : {},
    reportsOnly,
    coordinates: decideAccessRecord(access, {
      groups: groups && new Set(groups),
      factors: isPerson ? 2 : 1,
    }),
  };
}
