import { PassThrough } from 'node:stream';
import { createProgram } from '../../src/cli/cli.ts';

/** The program with all its core commands, to read its descriptions. Nothing runs. */
export function describedProgram() {
  const stream = new PassThrough();
  return createProgram({
    environment: {},
    print: () => {},
    logDestination: stream,
    onTerminate: () => {},
    onStrayRejection: () => {},
    input: stream,
    output: stream,
    prompts: stream,
  });
}
