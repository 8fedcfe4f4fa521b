import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Administration } from '../../gatehouse/operator.ts';
import type { CliContext } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export interface ExportChoice {
  /** Exports the records of reads instead of the events. */
  readonly reads?: boolean;
  readonly since?: Date;
  readonly until?: Date;
  /** The id of an event. */
  readonly after?: string;
  readonly output?: string;
}

/** Exports one of the logs. */
type Export = (
  query: Parameters<Administration['audit']['export']>[0],
  onPage: (rows: readonly Exported[]) => Promise<void>,
) => Promise<void>;

/** An event, or the record of a read. */
interface Exported {
  readonly id: string;
  readonly at: Date;
}

/** What was written until now. */
interface Written {
  count: number;
  last: Exported | undefined;
}

/** The reader of the output, such as `head`, does not take any more. What it has read is unknown. */
class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError';

  constructor() {
    super('The reader closed the output: the export is incomplete.');
  }
}

/** The words for what is exported. */
interface RowNames {
  readonly one: string;
  readonly many: string;
}

const events: RowNames = { one: 'event', many: 'events' };
const recordsOfReads: RowNames = { one: 'read', many: 'reads' };

/** Not all rows were written. */
class IncompleteExportError extends Error {
  override readonly name = 'IncompleteExportError';

  constructor({ count, last }: Written, rows: RowNames, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const next = `It ends with the ${rows.one} ${last?.id}; \`--after\` this id continues it.`;
    super(`${reason}\nThe export is incomplete: it has ${count} ${rows.many}. ${next}`, { cause });
  }
}

/**
 * `audit export`: writes events, or the records of reads, as JSON Lines. Memory is bounded: the next page is read when the last one was written.
 *
 * @throws {OutputClosedError | IncompleteExportError} when not all rows were written.
 */
export async function exportAudit(
  context: CliContext,
  { output, reads = false, ...query }: ExportChoice,
): Promise<void> {
  const names = reads ? recordsOfReads : events;
  const { operate, administration } = await import('../../gatehouse/operator.ts');
  const options = await context.load();
  const written: Written = { count: 0, last: undefined };
  const show = createProgress(context, { output, written, names });
  await toOutput(context, output, async (write) => {
    try {
      await operate(options, async (get) => {
        const { audit } = await get(administration);
        const exportRows: Export = reads ? audit.exportReads : audit.export;
        await exportRows(query, async (rows) => {
          await write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
          written.count += rows.length;
          written.last = rows.at(-1);
          show('\r');
        });
      });
    } catch (error) {
      const isClosed = error instanceof OutputClosedError;
      throw isClosed || written.count === 0
        ? error
        : new IncompleteExportError(written, names, error);
    } finally {
      if (written.count > 0) show('\n');
    }
  });
  if (output !== undefined) context.print(`wrote ${written.count} ${names.many} to ${output}`);
}

interface Progress {
  readonly output: string | undefined;
  readonly written: Written;
  readonly names: RowNames;
}

/** Shows the progress on standard error, if that is a terminal on which the rows are not shown themselves. */
function createProgress(
  { prompts, output: stdout }: Pick<CliContext, 'output' | 'prompts'>,
  { output, written, names }: Progress,
): (end: string) => void {
  if (prompts.isTTY !== true || (output === undefined && stdout.isTTY === true)) return () => {};
  return (end) => {
    prompts.write(`${written.count} ${names.many}, up to ${written.last?.at.toISOString()}${end}`);
  };
}

/** Passes the function that writes to `work`. It resolves when the text was written. */
async function toOutput(
  { output: stdout }: Pick<CliContext, 'output'>,
  path: string | undefined,
  work: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (path === undefined) return work((text) => writeTo(stdout, text));
  const file = await create(path);
  try {
    await work((text) => file.appendFile(text));
    await file.sync();
  } catch (error) {
    if ((await file.stat()).size === 0) await rm(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** Errors of a stream whose reader has closed it. */
const closedCodes: readonly unknown[] = ['EPIPE', 'ERR_STREAM_DESTROYED'];

const writeTo = (stream: NodeJS.WritableStream, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) return resolve();
      const isClosed = 'code' in error && closedCodes.includes(error.code);
      // Without the cause, whose code can mean the database too.
      reject(isClosed ? new OutputClosedError() : error);
    });
  });

/** Creates a file that only its owner may read. @throws {UsageError} when it exists. */
async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw exists ? new UsageError(`${path} exists. Choose the name of a new file.`) : error;
  }
}
