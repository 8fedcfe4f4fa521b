import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What a lock file says of the process that holds the folder. */
export interface Holder {
  readonly pid: number;
  /** Undefined: the lock was made by a version that did not say, and is judged by the pid alone. */
  readonly place: string | undefined;
}

/**
 * Where this process lives: its host's name, the boot of its machine and its PID namespace. Processes
 * of one place have ids that tell them apart; in another container or machine an id is somebody else's.
 */
export const placeOfThisProcess = (): string =>
  [
    encodeURIComponent(hostname()),
    // Two machines may have one name, and all have one number for the namespace outside containers.
    readOrDash(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    readOrDash(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');

/** Linux alone has these, and a hardened sandbox may hide them. */
function readOrDash(read: () => string): string {
  try {
    return read();
  } catch {
    return '-';
  }
}

/** The name of this process in a lock file. An id comes back; with its start time, never. */
export const ownName = (place: string): string =>
  `${process.pid}-${performance.timeOrigin} ${place}`;

/** Reads such a name. */
export function parseHolder(name: string): Holder {
  const space = name.indexOf(' ');
  return {
    pid: Number.parseInt(name, 10),
    place: space === -1 ? undefined : name.slice(space + 1),
  };
}

/** The name of the host in a place, for people. */
export function hostOf(place: string): string {
  const [host = ''] = place.split(' ');
  try {
    return decodeURIComponent(host);
  } catch {
    return host; // somebody wrote the file by hand
  }
}

/** Whether the process called `name` lives. Tells nothing of one in another place than `own`. */
export function isAlive(name: string, own: string): boolean {
  const { pid } = parseHolder(name);
  if (pid === process.pid) return name === own;
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    // EPERM: alive, of another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
