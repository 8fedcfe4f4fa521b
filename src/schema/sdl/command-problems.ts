import type { CommandArgument, CommandOption, CommandWords } from '../domain-command.ts';

/** The commands of the `gatehouse` program. Domains cannot use these names. */
export const coreCommands: readonly string[] = (
  'access access-matrix audit check client config dev doctor explain generate groups help ' +
  'keys migrate schema seed session start user'
).split(' ');

/** Finds mistakes in the name, the arguments and the options of one command. Each is the end of a line. */
export const findCommandMistakes = (name: string, command: CommandWords): readonly string[] => [
  ...(isReserved(name) ? ['Gatehouse has a command with this name'] : []),
  ...(commandName.test(name)
    ? []
    : [
        'a name is one word, or two for a command of a group: lowercase letters, digits and hyphens, starting with a letter',
      ]),
  ...findParameterMistakes(command),
  ...findOrderMistakes(Object.entries(command.arguments ?? {})),
];

const commandName = /^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)?$/;

/** Core commands, also as the first word of a group; and the help that each group has. */
function isReserved(name: string): boolean {
  const [first = '', second] = name.split(' ');
  return coreCommands.includes(first) || second === 'help';
}

/** Finds names that are a command and the first word of others: such a group would have no help. Each is a line. */
export const findGroupMistakes = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => {
    const others = names.filter((each) => each.startsWith(`${name} `));
    return others.length === 0
      ? []
      : [`${name}: it is also the first word of ${others.join(', ')}`];
  });

/** Names with the prefix `no` are excluded: such an option would negate another one. */
const parameterName = /^(?!no[A-Z])[a-z][a-zA-Z0-9]*$/;
/** Options of every command. */
const reservedNames: readonly string[] = ['help', 'project', 'version'];

function findParameterMistakes({ options = {}, ...command }: CommandWords): readonly string[] {
  const named = command.arguments ?? {};
  return [
    ...Object.entries(named).flatMap((each) => findMistakes(each, ['string', 'number'])),
    ...Object.entries(options).flatMap((each) => [
      ...findMistakes(each, ['string', 'number', 'boolean']),
      ...(Object.hasOwn(named, each[0]) ? [`${each[0]}: both an argument and an option`] : []),
    ]),
  ];
}

function findMistakes(
  [name, parameter]: readonly [string, CommandArgument | CommandOption],
  types: readonly string[],
): readonly string[] {
  const { type } = parameter;
  const fallback = 'default' in parameter ? parameter.default : undefined;
  const rules: readonly (readonly [boolean, string])[] = [
    [parameterName.test(name), 'a name is in camel case, such as rowLimit, and not like noLimit'],
    [!reservedNames.includes(name), 'every command has an option with this name'],
    [types.includes(type), `the type is ${types.join(', ')}`],
    [fallback === undefined || typeof fallback === type, `the default is no ${type}`],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `${name}: ${rule}`);
}

/** Finds arguments in an order in which words cannot be assigned to them. */
function findOrderMistakes(
  named: readonly (readonly [string, CommandArgument])[],
): readonly string[] {
  const firstOptional = named.findIndex(([, argument]) => isOptional(argument));
  return named.flatMap(([name, argument], index) => [
    ...(argument.variadic === true && index < named.length - 1
      ? [`${name}: only the last argument can be variadic`]
      : []),
    ...(!isOptional(argument) && firstOptional !== -1 && firstOptional < index
      ? [`${name}: a required argument cannot follow an optional one`]
      : []),
  ]);
}

/** Whether an argument can be omitted. */
export const isOptional = (argument: CommandArgument): boolean =>
  argument.required === false || argument.default !== undefined;
