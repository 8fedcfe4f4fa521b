import type {
  AccessChanges,
  AccessMatrix,
  AccessRow,
  CoordinateExplanation,
  GroupExplanation,
  OperationRegistry,
} from '@graphql-gatehouse/authorization/reports';
import type { Check } from '../../values/check.ts';

/**
 * What differs between the schema that the process enforces and the one that nodes served before. A group that one of them
 * does not have grants nothing there: its cells are those of `authenticated`.
 */
export interface AccessChangesReport extends AccessChanges {
  /** When nodes last served the former schema, and not this one yet. */
  readonly since: Date;
  /** Whether a node that serves the former schema was seen in the last five minutes, as during a roll-out. */
  readonly isServed: boolean;
  readonly newGroups: readonly string[];
  readonly removedGroups: readonly string[];
  /** What else differs, in sentences: what groups imply and ask for, and `AUTHORIZATION=report`. Null: it does not hold. */
  readonly settings: readonly { readonly was: string | null; readonly now: string | null }[];
}

/** An operation of a front end, in a file of the project. */
export interface OperationUse {
  readonly file: string;
  readonly operation: string;
}

/** The ways to a coordinate, and the operations of front ends that use it. `problems`: what is wrong with their files. */
export interface WaysReport extends CoordinateExplanation {
  readonly operations: readonly OperationUse[];
  readonly problems: readonly string[];
}

export interface GroupSummary {
  readonly name: string;
  readonly description: string | null;
  readonly implies: readonly string[];
  /** How many kinds of factors it asks for, also by what it implies: see `groupFactors` of packages. */
  readonly factors: 1 | 2;
}

/** What one kind of viewer can access: the first cell of each row. */
export interface ViewReport extends DecidedOperations {
  /** With what they imply. Null: an anonymous viewer. */
  readonly groups: readonly string[] | null;
  readonly rows: readonly AccessRow[];
}

/** What one kind of viewer gets for the operations of front ends. `problems`: what is wrong with their files. */
export interface DecidedOperations {
  readonly operations: readonly OperationVerdictReport[];
  readonly problems: readonly string[];
}

/** What a viewer gets for an operation of a front end. */
export interface OperationVerdictReport extends OperationUse {
  readonly verdict: string;
}

/** What a group reaches that a user in no group, or in other groups alone, does not, or not as well. */
export interface GroupReport extends GroupExplanation, DecidedOperations {
  readonly implies: readonly string[];
}

/** A registry of the operations that are valid, and a line for each problem of the others and of their files. */
export interface CheckedRegistry {
  readonly registry: OperationRegistry;
  readonly problems: readonly string[];
}

/** What `doctor` finds from inside the running server. */
export interface HealthReport {
  readonly checkedAt: Date;
  readonly versions: { readonly gatehouse: string; readonly node: string };
  readonly checks: readonly Check[];
  /** The keys that sign access tokens. Empty when they cannot be read: a check says why. */
  readonly keys: readonly SigningKeyReport[];
}

export interface SigningKeyReport {
  readonly id: string;
  readonly state: 'next' | 'signing' | 'retired' | 'ended';
  /** Null: the file does not say. */
  readonly createdAt: Date | null;
  /** Null: from the start. */
  readonly signsFrom: Date | null;
  /** Null: until it is removed. */
  readonly endsAt: Date | null;
}

/** What the commands for operators report, as data. Nothing of it is loaded before the first call. */
export interface PackageReports {
  accessMatrix(): Promise<AccessMatrix>;
  /** Null: the history of access has no schema that was served before. */
  accessChanges(): Promise<AccessChangesReport | null>;
  /**
   * Returns at most `maxWays` ways, with a verdict for each kind of viewer, or for a viewer in `groups` alone. Undefined: the
   * schema has no such coordinate, or not all of these groups.
   */
  explainCoordinate(
    coordinate: string,
    maxWays: number,
    groups?: readonly string[],
  ): Promise<WaysReport | undefined>;
  groups(): Promise<readonly GroupSummary[]>;
  /** Null: an anonymous viewer. Undefined: the schema has not all of these groups. */
  viewAs(groups: readonly string[] | null): Promise<ViewReport | undefined>;
  /**
   * Compares with a viewer in the groups `beside`, by default in no group. Undefined: the schema has not all of these groups.
   */
  explainGroup(group: string, beside?: readonly string[]): Promise<GroupReport | undefined>;
  /** Null: the project has no package with `verdicts`. */
  operations(): Promise<CheckedRegistry | null>;
  /** Takes a few seconds. The result is kept for 10 seconds, and concurrent calls get the same one. */
  health(): Promise<HealthReport>;
}
