import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from '../errors.ts';

/** The process that a lock file names. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** The boot of the machine and the PID namespace. */
  readonly run: string;
}

/**
 * Returns where this process runs: the host's name, the boot of the machine and the PID namespace. Process ids are
 * unique only within these.
 */
export const placeOfThisProcess = (): string =>
  [
    encodeURIComponent(hostname()),
    readOrDash(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    readOrDash(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');

/** Returns `-` when the value cannot be read: only Linux has it, and a hardened sandbox can hide it. */
function readOrDash(read: () => string): string {
  try {
    return read();
  } catch {
    return '-';
  }
}

/** Returns the name of this process in a lock file. It includes the start time, because ids are reused. */
export const ownName = (place: string): string =>
  `${process.pid}-${performance.timeOrigin} ${place}`;

/** Parses the name of a process in a lock file. */
export function parseHolder(name: string): Holder {
  const [id = '', host = '', ...run] = name.split(' ');
  return { pid: Number.parseInt(id, 10), host: decode(host), run: run.join(' ') };
}

function decode(host: string): string {
  try {
    return decodeURIComponent(host);
  } catch {
    return host; // the file was edited manually
  }
}

/**
 * Whether the process `name` may be alive. One on another host cannot be examined, and counts as alive. A restarted
 * container or machine keeps its host name, but its processes have ended.
 */
export function isAlive(name: string, own: string): boolean {
  const holder = parseHolder(name);
  const here = parseHolder(own);
  if (holder.host !== here.host) return true;
  if (holder.run !== here.run) return false;
  if (holder.pid === process.pid) return name === own;
  if (!(holder.pid > 0)) return false;
  try {
    process.kill(holder.pid, 0); // signal 0 only checks
    return true;
  } catch (error) {
    // EPERM: a process of another user.
    return !hasCode(error, 'ESRCH');
  }
}
