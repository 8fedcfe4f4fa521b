import {
  type KeyDescription,
  listSigningKeys,
} from '../authentication/keys/signing-keys-rotation.ts';
import type { HealthReport } from '../schema/packages/package-reports.ts';
import type { Check } from '../values/check.ts';
import type { Groups } from '../values/groups.ts';
import { programVersion } from '../values/version.ts';
import type { AppOptions } from './app-inputs.ts';
import { examineProject, keyOptions } from './examination.ts';

/** A running server, to examine from inside. */
export interface ServerExamination {
  readonly appOptions: AppOptions;
  readonly findRemovedGroups: () => Promise<readonly string[]>;
  readonly checkTables: () => Promise<readonly Check[]>;
  readonly groups: () => Groups;
  readonly now: () => Date;
}

/** Examines the server that runs in this process, by its own connection to the database. Never rejects. */
export async function reportHealth(examined: ServerExamination): Promise<HealthReport> {
  const { appOptions, findRemovedGroups, checkTables, groups, now } = examined;
  const { connection, environment = {}, config } = appOptions;
  const database = { connection, findRemovedGroups, checkTables, groups, now };
  const checks = await examineProject({ ...appOptions, environment }, database);
  const keys = listKeys(() => listSigningKeys(keyOptions(config, now)));
  const versions = { gatehouse: programVersion(), node: process.version };
  return { checkedAt: now(), versions, checks, keys };
}

/** Returns no keys if they cannot be read: then a check has failed. */
function listKeys(read: () => readonly KeyDescription[]): HealthReport['keys'] {
  try {
    return read().map(({ kid, ...key }) => ({ id: kid, ...key }));
  } catch {
    return [];
  }
}
