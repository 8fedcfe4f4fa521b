import { type Command, Option } from 'commander';
import type { CliContext } from '../command.ts';
import { jsonOption } from '../report.ts';
import { parseWhole } from '../words.ts';

/** For those who own the schema: they need neither settings nor a database. */
export function addSchemaCommands(program: Command, context: CliContext): void {
  addGenerate(program, context);
  addCheck(program, context);
  addAccessMatrix(program, context);
  addExplain(program, context);
  addSchema(program, context);
}

function addGenerate(program: Command, context: CliContext): void {
  program
    .command('generate')
    .description('generate the Prisma client, the composed schema and the types of codegen.ts')
    .action(async () => (await import('./generate.ts')).runGenerate(context));
}

function addCheck(program: Command, context: CliContext): void {
  program
    .command('check')
    .description(
      'fail and show what is wrong with the schema, generated files, access matrix or operations',
    )
    .option('--verbose', 'show the accepted findings with their reasons')
    .option('--full', 'list every difference of the access matrix, not only the first twenty')
    .addOption(
      new Option(
        '--format <format>',
        'markdown: print what changes for viewers, as a comment on a pull request',
      )
        .choices(['text', 'markdown'])
        .default('text'),
    )
    .option(
      '--base <folder>',
      'with --format markdown: the folder of access-matrix.md and operations.md to compare with (default: the project)',
    )
    .action(async (choice) => (await import('./check.ts')).runCheck(context, choice));
}

function addAccessMatrix(program: Command, context: CliContext): void {
  program
    .command('access-matrix')
    .description('show who can access each schema coordinate, by group')
    .option(...jsonOption)
    .option('--write', 'write the matrix to the file')
    .option('--check', 'fail and show the differences if the file does not match the schema')
    .option('--file <path>', 'the file (default: access-matrix.md of the project)')
    .action(async (choice) =>
      (await import('./access-matrix.ts')).runAccessMatrix(context, choice),
    );
}

function addExplain(program: Command, context: CliContext): void {
  program
    .command('explain [operation-file]')
    .description(
      'show what access an operation requires, or by which ways a field is reached, or what a group opens',
    )
    .option('--groups <names>', 'the groups of the viewer, separated by commas; "" for none')
    .option('--anonymous', 'a viewer without a token')
    .option('--variables <json-file>', 'a JSON file with the variables of the operation')
    .option('--operation-name <name>', 'the operation to use if the document contains several')
    .option(
      '--coordinate <coordinate>',
      'the ways from root fields to a field, argument, input field, enum value or type, and who passes',
    )
    .option('--group <name>', 'what the group reaches that a user in no group does not')
    .option('--ways <count>', 'with --coordinate: the most ways to show (default: 20)', parseWhole)
    .option(...jsonOption)
    .action(async (file, choice) =>
      (await import('./explain.ts')).runExplain(context, file, choice),
    );
}

function addSchema(program: Command, context: CliContext): void {
  program
    .command('schema')
    .description('print the schema as SDL, with its directives')
    .option('--federation', 'print it for an Apollo Federation router in front of the server')
    .option(
      '--policies <names>',
      'with --federation: the policies that the router is given results for, separated by commas',
    )
    .option(
      '--viewer <names>',
      'the schema visible to a viewer in these groups, separated by commas; "" for none',
    )
    .option('--anonymous', 'the schema visible to a viewer without a token')
    .option('--output <file>', 'write it to a file instead')
    .action(async (choice) => (await import('./schema.ts')).runSchema(context, choice));
}
