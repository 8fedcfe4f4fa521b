import { type FileHandle, open, rm } from 'node:fs/promises';
import type { LogRow } from '../../values/log-table.ts';
import type { CliContext } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export interface ExportChoice {
  /** Default: the audit log. */
  readonly log?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly after?: string;
  readonly output?: string;
}

interface Written {
  row: string;
  count: number;
  last: LogRow | undefined;
}

/** The reader of the output, such as `head`, does not take any more. What it has read is unknown. */
class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError';

  constructor() {
    super('The reader closed the output: the export is incomplete.');
  }
}

function incompleteExport({ row, count, last }: Written, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const next = `It ends with the ${row} ${last?.id}; \`--after\` this id continues it.`;
  return new Error(`${reason}\nThe export is incomplete: it has ${count} ${row}s. ${next}`, {
    cause,
  });
}

/**
 * `audit export`: writes the rows of a log as JSON Lines. Memory is bounded: the next page is read when the last one was
 * written.
 *
 * @throws {Error} when not all rows were written.
 */
export async function exportAudit(
  context: CliContext,
  { output, log, ...query }: ExportChoice,
): Promise<void> {
  const { operate, administration } = await import('../../gatehouse/operator.ts');
  const options = await context.load();
  const written: Written = { row: '', count: 0, last: undefined };
  const show = createProgress(context, { output, written });
  await toOutput(context, output, async (write) => {
    try {
      await operate(options, async (get) => {
        const exported = (await get(administration)).audit.logOf(log);
        written.row = exported.row;
        await exported.export(query, async (rows) => {
          await write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
          written.count += rows.length;
          written.last = rows.at(-1);
          show('\r');
        });
      });
    } catch (error) {
      const isClosed = error instanceof OutputClosedError;
      throw isClosed || written.count === 0 ? error : incompleteExport(written, error);
    } finally {
      if (written.count > 0) show('\n');
    }
  });
  if (output !== undefined) context.print(`wrote ${written.count} ${written.row}s to ${output}`);
}

/** Shows the progress on standard error, if that is a terminal on which the rows are not shown themselves. */
function createProgress(
  { prompts, output: stdout }: Pick<CliContext, 'output' | 'prompts'>,
  { output, written }: { readonly output: string | undefined; readonly written: Written },
): (end: string) => void {
  if (prompts.isTTY !== true || (output === undefined && stdout.isTTY === true)) return () => {};
  return (end) => {
    prompts.write(
      `${written.count} ${written.row}s, up to ${written.last?.at.toISOString()}${end}`,
    );
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
