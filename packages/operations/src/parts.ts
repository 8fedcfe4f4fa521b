import type { PackageRuntime } from 'graphql-gatehouse';
import { createVersionUses } from './known/version-uses.ts';
import type { OperationsSettings } from './settings.ts';

export type OperationsRuntime = PackageRuntime<OperationsSettings>;

/** What the gate, the commands and the background work use. */
export type Parts = OperationsRuntime & Awaited<ReturnType<typeof openOperations>>;

/** Opens the package in a process. Needs no database. */
export const openOperations = async ({ now }: OperationsRuntime) => ({
  uses: createVersionUses(now),
});
