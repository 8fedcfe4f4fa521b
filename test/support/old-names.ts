/**
 * Where a name of a package stands: `gatehouse` and `@gatehouse` belong to others on npm. What keeps the name is the
 * command, the configuration's file, the database schema, the cookie, settings, metrics, the realm and titles.
 */
const packageNames: readonly RegExp[] = [
  /(?<![\w-])@gatehouse(?=[/'"`])/,
  /(?<![\w-])create-gatehouse(?!-client|(?:\.test)?\.[tj]s)/,
  /\bnpm create gatehouse\b/,
  /\b(?:npm|pnpm|yarn|bun) (?:i|add|install|view|owner|exec|update|uninstall)\b[^\n&|;]* gatehouse(?=[\s@`'"]|$)/m,
  /\b(?:from|import|module|export \*) ?\(?['"]gatehouse(?=['"/])/,
  /\b(?:require|resolve|mock)\(['"]gatehouse(?=['"/])/,
  /['"`]gatehouse(?=\/(?:apollo|envelop|testing)['"`])/,
  /['"]gatehouse(?=#)/,
  /"gatehouse": (?="[\^~]?\d|"file:|"\*|\{\s*"optional")/,
  /^ {2}"name": "gatehouse(?=")/m,
  /npmjs\.com\/package\/gatehouse\b/,
  /node_modules\/gatehouse(?=\/)/,
  /(?<![\w-])gatehouse-(?:(?:authorization|client|codegen|console|factors|mail|nats|redis)-)?(?=\d+\.\d+\.\d+[\w.-]*\.tgz)/,
];

/** What in a text names a package as others do, each with some of the text around it. */
export const findOldNames = (text: string): readonly string[] =>
  packageNames.flatMap((pattern) => {
    const { index } = pattern.exec(text) ?? {};
    return index === undefined ? [] : text.slice(index, index + 60).split('\n', 1);
  });
