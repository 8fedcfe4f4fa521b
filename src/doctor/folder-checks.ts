import { statSync } from 'node:fs';
import { embeddedFolder } from '../database/embedded/connect-embedded.ts';
import { isOpenFolder } from '../database/embedded/embedded-folder.ts';
import { type Check, warning } from '../values/check.ts';

const name = 'data folder';
const othersWriteBits = 0o022;
const stickyBit = 0o1000;

/**
 * Checks what other users of this machine can do with the data folder. Call it before the database is opened, which
 * makes its own folder private.
 */
export function checkDataFolder(dataDir: string): readonly Check[] {
  const folder = embeddedFolder(dataDir);
  const readable = warning(
    name,
    `other users can read ${folder}`,
    `run chmod 700 '${folder}', or start the server, which does it`,
  );
  const replaceable = warning(
    name,
    `other users can change ${dataDir}, and so replace the database`,
    `run chmod go-w '${dataDir}'`,
  );
  return [
    ...(isOpenFolder(folder) ? [readable] : []),
    ...(isReplaceable(dataDir) ? [replaceable] : []),
  ];
}

/** Whether other users may rename the contents of the folder. Windows has no mode bits. */
function isReplaceable(folder: string): boolean {
  if (process.platform === 'win32') return false;
  const { mode = 0 } = statSync(folder, { throwIfNoEntry: false }) ?? {};
  return (mode & othersWriteBits) !== 0 && (mode & stickyBit) === 0;
}
