import type { Context, SeedContext } from '../context/context.ts';
import type { Report } from '../values/report.ts';
import type { Bivariant } from './bivariant.ts';

interface Parameter<TType extends string, TValue> {
  readonly type: TType;
  /** One line for the help. */
  readonly description: string;
  /** Default: arguments are required, options are not. */
  readonly required?: boolean;
  /** The value if none is given. */
  readonly default?: TValue;
}

type ValueParameter = Parameter<'string', string> | Parameter<'number', number>;

/** One word after the command's name. */
export type CommandArgument = ValueParameter & {
  /** Takes all remaining words. Only for the last argument. */
  readonly variadic?: boolean;
};

/** `--name <value>`, or `--name` for the type `boolean`, whose default is false. */
export type CommandOption =
  | ValueParameter
  | { readonly type: 'boolean'; readonly description: string };

/** Arguments by name in camel case, in order: `rowLimit` is `<row-limit>`. */
export type CommandArguments = Readonly<Record<string, CommandArgument>>;
/** Options by name in camel case: `dryRun` is `--dry-run`. */
export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** The values of arguments and options, by name. */
export type CommandInput = Readonly<Record<string, CommandValue>>;
export type CommandValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | undefined;

/** A command that is added to the `gatehouse` program, without its function. */
export interface CommandWords {
  /** One line for the help. */
  readonly description: string;
  readonly arguments?: CommandArguments;
  readonly options?: CommandOptions;
}

/** What a command returns to be printed. */
export type CommandResult = string | Report | undefined;

export interface DomainCommand<TContext = Context> extends CommandWords {
  /** Runs the command. What it returns is printed: a text, or a report, whose document the option `json` asks for. */
  readonly run: Bivariant<
    (context: SeedContext<TContext>, input: CommandInput) => Promise<CommandResult>
  >;
}

type ValueOf<TParameter extends { readonly type: string }> = {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}[TParameter['type'] & ('string' | 'number' | 'boolean')];

type ArgumentValue<TArgument extends CommandArgument> = TArgument extends {
  readonly variadic: true;
}
  ? readonly ValueOf<TArgument>[]
  : TArgument extends { readonly default: unknown }
    ? ValueOf<TArgument>
    : TArgument extends { readonly required: false }
      ? ValueOf<TArgument> | undefined
      : ValueOf<TArgument>;

type OptionValue<TOption extends CommandOption> = TOption extends
  | { readonly type: 'boolean' }
  | { readonly required: true }
  | { readonly default: unknown }
  ? ValueOf<TOption>
  : ValueOf<TOption> | undefined;

type InputOf<TArguments extends CommandArguments, TOptions extends CommandOptions> = {
  readonly [Name in keyof TArguments]: ArgumentValue<TArguments[Name]>;
} & { readonly [Name in keyof TOptions]: OptionValue<TOptions[Name]> };

type None = Readonly<Record<never, never>>;

/** A command whose `run` receives values of the declared types. */
export interface TypedCommand<
  TArguments extends CommandArguments,
  TOptions extends CommandOptions,
  TSeed,
  TResult,
> {
  readonly description: string;
  readonly arguments?: TArguments;
  readonly options?: TOptions;
  run(context: TSeed, input: InputOf<TArguments, TOptions>): Promise<TResult>;
}

/**
 * Declares a command of a domain. Only checks types: the input of `run` has the types of the declared arguments and
 * options.
 */
export const defineCommand = <
  const TArguments extends CommandArguments = None,
  const TOptions extends CommandOptions = None,
  TSeed = SeedContext,
  TResult = CommandResult,
>(
  command: TypedCommand<TArguments, TOptions, TSeed, TResult>,
): TypedCommand<TArguments, TOptions, TSeed, TResult> => command;
