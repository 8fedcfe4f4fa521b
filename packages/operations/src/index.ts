import { fileURLToPath } from 'node:url';
import type { GatehousePackage } from 'graphql-gatehouse';
import { definePackage } from 'graphql-gatehouse/package';
import { configured, createCheck, createCheckCommand } from './commands/check.ts';
import { operationsUsage } from './commands/usage.ts';
import { checkFiles } from './known/check-files.ts';
import { openGate } from './known/open-gate.ts';
import { writeUses } from './known/write-uses.ts';
import { openOperations } from './parts.ts';
import { createVerdicts } from './registry/decide-files.ts';
import { type OperationsSettings, settings } from './settings.ts';

export interface OperationsOptions {
  /**
   * The files of the operations that front ends send, and folders of them, from the project's folder: `gatehouse check`
   * decides them for each group.
   */
  readonly files?: readonly string[];
}

const known = { files: true } as const satisfies Record<keyof OperationsOptions, true>;

/** The operations of front ends, decided before they are sent, and served alone: `packages: [operations({ files: ['src'] })]`. */
export function operations(given: OperationsOptions = {}): GatehousePackage<OperationsSettings> {
  const { files = [] } = given;
  const check = createCheck(files);
  return definePackage({
    name: 'operations',
    options: { given, known },
    settings,
    migrations: {
      directory: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
      version: '0.1.0',
    },
    open: openOperations,
    gate: async (parts) => openGate(await parts()),
    verdicts: (composed) => createVerdicts(composed, configured(composed, files)),
    schemaCommands: { 'operations check': createCheckCommand(files) },
    ...(check === undefined ? {} : { check }),
    commands: { 'operations usage': operationsUsage },
    background: { 'record the use of operations': { intervalSeconds: 60, run: writeUses } },
    doctor: checkFiles,
  });
}
