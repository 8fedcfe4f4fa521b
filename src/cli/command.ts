import type { Config, Environment } from '../config/config.ts';
import type { ProjectOptions } from '../gatehouse/app-inputs.ts';
import type { Project } from '../schema/project.ts';

/** The process, as commands use it. */
export interface CliContext {
  readonly environment: Environment;
  /** Parses the settings of Gatehouse alone, for commands that need no project. */
  readonly config: () => Config;
  /** The folder of `--project`. */
  readonly directory: () => string;
  /** The project in the folder of `--project`, read at first use. */
  readonly project: () => Promise<Project>;
  /** Loads the project, and parses the settings, with those of its packages. `--help` needs neither. */
  readonly load: () => Promise<ProjectOptions>;
  /** Prints one line for a person. */
  readonly print: (line: string) => void;
  /** Calls back with the reason when the process has to stop, such as `SIGTERM`. It can call back again. */
  readonly onTerminate: (stop: (reason: string) => void) => void;
  /** Registers the handler of promises that reject without a handler of their own. */
  readonly onStrayRejection: (hear: (reason: unknown) => void) => void;
  /** Standard input: where a password comes from. */
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Standard output, for more than a few lines. */
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Where a person is asked for one, and where progress is shown: standard error. */
  readonly prompts: NodeJS.WritableStream & { readonly isTTY?: boolean };
}
