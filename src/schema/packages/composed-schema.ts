import type { Authorization } from '@graphql-gatehouse/authorization';
import type { DocumentNode } from 'graphql';
import type { Context } from '../../context/context.ts';
import type { Groups } from '../../values/groups.ts';
import type { Bivariant } from '../bivariant.ts';
import type { CommandInput, CommandWords } from '../domain-command.ts';
import type { CheckedRegistry, OperationUse } from './package-reports.ts';

/** The composed schema of a project, for what packages decide about it without settings and a database. */
export interface ComposedSchema {
  /** The folder of the project's configuration. */
  readonly directory: string;
  readonly schema: Authorization<Context>['source'];
  /** For the functions of `@graphql-gatehouse/authorization/reports`. */
  readonly requirements: Authorization<Context>['requirements'];
  readonly groups: Groups;
  /** Returns the names of the types that the project's own domains define. */
  readonly projectTypes: () => readonly string[];
  /** Sets of groups that users hold together. */
  readonly groupSets: readonly (readonly string[])[];
  /** What groups ask for beside the guards, and notes of packages, in sentences. */
  readonly notes: readonly string[];
  /** Returns the most that the only operation of a valid document can cost. */
  readonly costOf: (document: DocumentNode) => number;
}

/** What a check found: lines to print, and problems with which it fails. */
export interface CheckOutcome {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** A command that needs neither settings nor a database. */
export interface SchemaCommand extends CommandWords {
  readonly run: Bivariant<(composed: ComposedSchema, input: CommandInput) => Promise<CheckOutcome>>;
}

/** A part of `gatehouse check`. */
export interface SchemaCheck {
  readonly run: (composed: ComposedSchema) => Promise<CheckOutcome>;
  /**
   * Describes for a review what differs from reviewed files, in lines below a heading. `readReviewed` returns the text of a
   * file by its name, which is empty if the file is missing.
   */
  readonly describe: (
    composed: ComposedSchema,
    readReviewed: (file: string) => Promise<string>,
  ) => Promise<{ readonly heading: string; readonly lines: readonly string[] }>;
}

/** What is decided in steps, so that a server can do other work between them. */
export type Steps<Result> = Generator<undefined, Result>;

/** The operations of front ends, as the reports on who can access what need them. */
export interface OperationVerdicts {
  /** Finds the operations whose documents meet `uses`. `problems`: what is wrong with their files. */
  readonly find: (uses: (document: DocumentNode) => boolean) => {
    readonly operations: readonly OperationUse[];
    readonly problems: readonly string[];
  };
  /** Decides all operations for each of these kinds of viewers. */
  readonly decide: (
    viewers: Pick<ComposedSchema, 'groupSets'> & { readonly groups: readonly string[] },
  ) => Steps<CheckedRegistry>;
}
