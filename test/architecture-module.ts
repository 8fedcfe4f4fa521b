import { type ESTree, type ParseResult, parseSync, Visitor } from 'vite';

/** One import, of any form. */
export interface Import {
  /** As it is written; undefined when it is computed. */
  readonly from: string | undefined;
  /** Whether nothing is left of it when the program runs. */
  readonly isType: boolean;
}

/** What follows from the text of one module: its imports, and the rules that it breaks alone. */
export interface ModuleFacts {
  readonly imports: readonly Import[];
  readonly breaches: readonly string[];
}

/** Statements that run when a module is imported. Declarations are all that it may hold. */
const runs = /^(Expression|If|For|ForIn|ForOf|While|DoWhile|Try|Switch|Throw|Block)Statement/;

/** What a module may do that others may not. */
export interface Liberties {
  /** It may run when it is imported. */
  readonly runs: boolean;
  readonly readsEnvironment: boolean;
  /** Its object literals may begin with a spread, which is slow on Node.js 20. */
  readonly beginsWithSpread: boolean;
  /** Its object literals may have getters: it creates each object once. */
  readonly hasGetters: boolean;
}

/** Returns the imports of a module. */
export const importsOf = (path: string, text: string): readonly Import[] =>
  readModule(parseSync(path, text), {
    runs: true,
    readsEnvironment: true,
    beginsWithSpread: true,
    hasGetters: true,
  }).imports;

/** Reads a module that the parser understood. */
export function readModule(
  { program, comments }: ParseResult,
  { runs: isEntry, readsEnvironment, beginsWithSpread, hasGetters }: Liberties,
): ModuleFacts {
  const imports: Import[] = [];
  const breaches: string[] = [];
  const add = (source: ESTree.Node | null, isType: boolean) => {
    if (source !== null) imports.push({ from: literalOf(source), isType });
  };
  const breaksIf = (isBroken: boolean, breach: string) => {
    if (isBroken) breaches.push(breach);
  };
  /** Where `process` stands with a plain member behind it, as in `process.pid`. */
  const plainProcesses = new Set<ESTree.Node>();

  new Visitor({
    ImportDeclaration(node) {
      add(node.source, node.importKind === 'type' || areAllTypes(node.specifiers));
      breaksIf(node.specifiers.length === 0, 'imports for an effect');
    },
    ExportNamedDeclaration(node) {
      add(node.source, node.exportKind === 'type' || areAllTypes(node.specifiers));
    },
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
    CallExpression(node) {
      const [first] = node.arguments;
      if (isNamed(node.callee, 'require')) add(first ?? null, false);
    },
    TSAsExpression(node) {
      breaksIf(!isConst(node.typeAnnotation), 'uses `as`');
    },
    TSTypeAssertion: () => breaksIf(true, 'uses `as`, in its old form'),
    TSAnyKeyword: () => breaksIf(true, 'uses `any`'),
    TSNonNullExpression: () => breaksIf(true, 'uses the non-null `!`'),
    VariableDeclarator: (node) => breaksIf(node.definite === true, 'uses the non-null `!`'),
    PropertyDefinition: (node) => breaksIf(node.definite === true, 'uses the non-null `!`'),
    ObjectExpression({ properties }) {
      const [first, ...others] = properties;
      const begins = first?.type === 'SpreadElement' && others.length > 0;
      breaksIf(begins && !beginsWithSpread, 'begins an object with a spread in each request');
      const computes = properties.some((each) => each.type === 'Property' && each.kind !== 'init');
      breaksIf(computes && !hasGetters, 'has a getter or setter in an object literal');
    },
    MemberExpression(node) {
      const isPlain = !node.computed && !isNamed(node.property, 'env');
      if (isPlain && isNamed(node.object, 'process')) plainProcesses.add(node.object);
    },
    Identifier(node) {
      const isProcess = node.name === 'process' && !plainProcesses.has(node);
      breaksIf(isProcess && !readsEnvironment, 'reads the environment');
    },
  }).visit(program);

  const environment = imports.some(({ from }) => from === 'node:process' || from === 'process');
  breaksIf(environment && !readsEnvironment, 'reads the environment');
  breaksIf(!isEntry && program.body.some(({ type }) => runs.test(type)), 'runs when imported');
  breaksIf(
    comments.some(({ value }) => /@ts-(ignore|expect-error|nocheck)/.test(value)),
    'silences the compiler',
  );
  return { imports, breaches };
}

const literalOf = (node: ESTree.Node): string | undefined =>
  node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;

const isNamed = (node: ESTree.Node, name: string): boolean =>
  node.type === 'Identifier' && node.name === name;

const isConst = (type: ESTree.TSType): boolean =>
  type.type === 'TSTypeReference' && isNamed(type.typeName, 'const');

/** Whether an import names something, and types alone: `import { type A } from`. */
const areAllTypes = (specifiers: readonly (ESTree.Node & object)[]): boolean =>
  specifiers.length > 0 && specifiers.every(isTypeSpecifier);

const isTypeSpecifier = (node: ESTree.Node): boolean =>
  (node.type === 'ImportSpecifier' && node.importKind === 'type') ||
  (node.type === 'ExportSpecifier' && node.exportKind === 'type');
