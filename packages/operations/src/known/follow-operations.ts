import { setImmediate } from 'node:timers/promises';
import { builtInTexts } from './built-in-texts.ts';
import { listVersionFiles, parseVersions, readVersionFiles } from './known-files.ts';
import { type AppVersion, collectOperations, type KnownOperations } from './known-operations.ts';

export interface FollowOptions {
  /** The folder of the files `<app>@<version>.json`. */
  readonly directory: string;
  /** A text with more tokens could never run. */
  readonly maxTokens: number;
  /** The operations of the pages of packages, which are known too. */
  readonly ofPackages?: readonly string[];
  /** The interval of checks for changes, in milliseconds. */
  readonly everyMs?: number;
  /** Called when other operations are served. */
  readonly onChange: (versions: readonly AppVersion[]) => void;
  /** Called once for each problem of changed files. The operations that were read before stay known. */
  readonly onProblem: (problem: unknown) => void;
}

/** The known operations, which follow their files. */
export interface FollowedOperations {
  readonly current: () => KnownOperations;
  readonly stop: () => void;
}

/**
 * Reads the known operations, and reads them again within a second after their files have changed. Looks at the files
 * because `fs.watch` does not notice mounts that replace a symbolic link, such as those of Kubernetes.
 *
 * @throws {KnownOperationsError} when the files cannot be used.
 */
export async function followOperations(options: FollowOptions): Promise<FollowedOperations> {
  const { everyMs = 1000, onChange, onProblem } = options;
  const read = createReader(options);
  const first = await read();
  let current = first.operations;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function look(): Promise<void> {
    try {
      const { operations } = await read();
      problem = undefined;
      if (operations === current) return;
      current = operations;
      onChange(operations.versions);
    } catch (error) {
      const message = String(error);
      if (message !== problem) onProblem(error);
      problem = message;
    }
  }

  function lookLater(): void {
    if (isStopped) return;
    timer = setTimeout(() => void look().then(lookLater), everyMs).unref();
  }

  lookLater();
  return {
    current: () => current,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** The operations of files, or what is wrong with them. */
type Found = { readonly operations: KnownOperations } | { readonly problem: unknown };

/** Creates the function that reads the files. It parses them only if they have changed. */
function createReader({ directory, maxTokens, ofPackages = [] }: FollowOptions) {
  const forms = new Map<string, string>();
  let readState: string | undefined;
  let found: Found | undefined;

  async function parse(texts: Awaited<ReturnType<typeof readVersionFiles>>): Promise<Found> {
    try {
      const builtIn = [...builtInTexts, ...ofPackages];
      const options = { maxTokens, builtIn, forms, pause: () => setImmediate() };
      return { operations: await collectOperations(parseVersions(texts), options) };
    } catch (problem) {
      return { problem };
    }
  }

  return async () => {
    // The state before the files are read: a change meanwhile is noticed by the next check.
    const { files, state } = await listVersionFiles(directory);
    if (found === undefined || state !== readState) {
      found = await parse(await readVersionFiles(files));
      readState = state;
    }
    if ('problem' in found) throw found.problem;
    return found;
  };
}
