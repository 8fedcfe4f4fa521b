import type { Check } from '../../values/check.ts';

/** The access matrix. Each cell of a row belongs to the column at its place, with the text of `access-matrix.md`. */
export interface MatrixReport {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly typeName: string;
    readonly coordinate: string;
    readonly requirement: string;
    readonly cells: readonly string[];
  }[];
  readonly notes: readonly string[];
}

/**
 * What differs between the schema that the process enforces and the one that nodes served before. A group that one of them
 * does not have grants nothing there: its cells are those of `authenticated`.
 */
export interface AccessChangesReport {
  /** When nodes last served the former schema, and not this one yet. */
  readonly since: Date;
  /** Whether a node that serves the former schema was seen in the last five minutes, as during a roll-out. */
  readonly isServed: boolean;
  /** Those of the access matrix, and then the removed groups. */
  readonly columns: readonly string[];
  readonly newGroups: readonly string[];
  readonly removedGroups: readonly string[];
  /** The rows of the access matrix that differ. */
  readonly rows: readonly {
    readonly typeName: string;
    readonly coordinate: string;
    /** Null: the former schema does not have the coordinate. */
    readonly was: ComparedAccess | null;
    /** Null: this schema does not have the coordinate. */
    readonly now: ComparedAccess | null;
  }[];
  /** What else differs, in sentences: what groups imply and ask for, and `AUTHORIZATION=report`. Null: it does not hold. */
  readonly settings: readonly { readonly was: string | null; readonly now: string | null }[];
}

/** The texts of a row of the access matrix. `cells` are in the order of the columns. */
export interface ComparedAccess {
  readonly requirement: string;
  readonly cells: readonly string[];
}

/** An operation of a front end, in a file of the project. */
export interface OperationUse {
  readonly file: string;
  readonly operation: string;
}

/** The ways to a coordinate, the shortest first. `hasMore`: there are others. */
export interface WaysReport {
  readonly coordinate: string;
  readonly columns: readonly string[];
  readonly ways: readonly {
    readonly steps: readonly WayStepReport[];
    readonly operation: string;
    /** In the order of the columns. */
    readonly verdicts: readonly string[];
  }[];
  readonly hasMore: boolean;
  /** The operations of front ends that use the coordinate. */
  readonly operations: readonly OperationUse[];
  /** What is wrong with these files. */
  readonly problems: readonly string[];
}

export interface WayStepReport {
  readonly coordinate: string;
  /** The object type of its value, where the field returns an interface or union. */
  readonly on: string | null;
  /** As SDL, with those of that type. Empty: none. */
  readonly guards: readonly string[];
  /** The places of the guards in SDL, as `file:line`. */
  readonly places: readonly string[];
  /** The ids that name rows. `rows`: the policies of which one must admit the row. */
  readonly ids: readonly {
    readonly coordinate: string;
    readonly typeName: string;
    readonly rows: readonly string[];
  }[];
}

/** A group of the schema. */
export interface GroupSummary {
  readonly name: string;
  readonly description: string | null;
  /** The groups that it implies. */
  readonly implies: readonly string[];
}

/** What one kind of viewer can access. */
export interface ViewReport {
  /** With what they imply. Null: an anonymous viewer. */
  readonly groups: readonly string[] | null;
  readonly rows: readonly {
    readonly typeName: string;
    readonly coordinate: string;
    readonly requirement: string;
    readonly access: string;
    /** Whether data decide too: policies, or rules of rows. */
    readonly depends: boolean;
  }[];
  readonly operations: readonly OperationVerdictReport[];
  readonly problems: readonly string[];
}

/** What a viewer gets for an operation of a front end. */
export interface OperationVerdictReport extends OperationUse {
  readonly verdict: string;
}

/** What a group reaches that a user in no group does not, or not as well. */
export interface GroupReport {
  readonly group: string;
  /** The groups that it implies. */
  readonly implies: readonly string[];
  readonly reached: number;
  readonly opened: readonly {
    readonly coordinate: string;
    readonly verdict: string;
    /** The coordinates of a shortest way. */
    readonly way: readonly string[];
  }[];
  /** What the operations of front ends get. */
  readonly operations: readonly OperationVerdictReport[];
  readonly problems: readonly string[];
}

/** The operations of front ends, with a verdict for each column. */
export interface OperationsReport {
  readonly columns: readonly string[];
  readonly files: readonly {
    readonly name: string;
    readonly operations: readonly {
      readonly name: string;
      /** The most that it can cost. */
      readonly cost: number;
      /** The coordinates that it uses and the schema deprecates. */
      readonly deprecated: readonly string[];
      readonly verdicts: readonly string[];
    }[];
  }[];
  readonly problems: readonly string[];
}

/** The rights that were not used. Days are in UTC: `2026-01-31`. */
export interface UnusedRightsReport {
  readonly since: string;
  /** Now, or when the last node stopped. */
  readonly until: Date;
  /** When not all nodes counted. Empty: what is listed was not used. */
  readonly gaps: readonly {
    readonly from: Date;
    readonly to: Date;
    readonly reason: 'off' | 'none';
  }[];
  /** Groups without any use. */
  readonly groups: readonly string[];
  /** Of the other groups: where they were not used. */
  readonly unused: readonly { readonly group: string; readonly coordinate: string }[];
  /** Where another group of the viewer would have admitted it each time. */
  readonly neverAlone: readonly {
    readonly group: string;
    readonly coordinate: string;
    readonly amongOthers: number;
  }[];
  /** The longest unused ones first. At most a thousand. */
  readonly memberships: readonly {
    readonly userId: string;
    readonly username: string;
    readonly group: string;
    readonly lastUsedOn: string | null;
  }[];
  readonly hasMoreMemberships: boolean;
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
  accessMatrix(): Promise<MatrixReport>;
  /** Null: the history of access has no schema that was served before. */
  accessChanges(): Promise<AccessChangesReport | null>;
  /** Returns at most `maxWays` ways. Undefined: the schema has no such coordinate. */
  explainCoordinate(coordinate: string, maxWays: number): Promise<WaysReport | undefined>;
  groups(): Promise<readonly GroupSummary[]>;
  /** Null: an anonymous viewer. Undefined: the schema has not all of these groups. */
  viewAs(groups: readonly string[] | null): Promise<ViewReport | undefined>;
  /** Undefined: the schema has no such group. */
  explainGroup(group: string): Promise<GroupReport | undefined>;
  /** Null: the project has no package with `verdicts`. */
  operations(): Promise<OperationsReport | null>;
  /** The rights that were not used in the last days, and today, as `access unused` does. */
  unusedRights(days: number): Promise<UnusedRightsReport>;
  /** Takes a few seconds. The result is kept for 10 seconds, and concurrent calls get the same one. */
  health(): Promise<HealthReport>;
}
