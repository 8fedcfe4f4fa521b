import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that a lock file names. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** The boot of the machine and the PID namespace. */
  readonly run: string;
}

/**
 * Where this process runs: the host's name, the boot of the machine and the PID namespace. A process id tells
 * processes apart only within one place.
 */
export const placeOfThisProcess = (): string =>
  [
    encodeURIComponent(hostname()),
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
  const [id = '', host = '', ...run] = name.split(' ');
  return { pid: Number.parseInt(id, 10), host: decode(host), run: run.join(' ') };
}

function decode(host: string): string {
  try {
    return decodeURIComponent(host);
  } catch {
    return host; // somebody wrote the file by hand
  }
}

/**
 * Whether the process called `name` is alive, or may be: one on another host cannot be examined. A container or
 * machine that was restarted keeps its host name and has ended its processes.
 */
export function isAlive(name: string, own: string): boolean {
  const holder = parseHolder(name);
  const here = parseHolder(own);
  if (holder.host !== here.host) return true;
  if (holder.run !== here.run) return false;
  if (holder.pid === process.pid) return name === own;
  if (!(holder.pid > 0)) return false;
  try {
    process.kill(holder.pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    // EPERM: alive, of another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
