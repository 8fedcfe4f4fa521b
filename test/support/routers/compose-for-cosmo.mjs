// Composes for Cosmo Router. Prints the errors, and the scopes and logins that its router would require, by field.
import { readFileSync } from 'node:fs';
import { federateSubgraphs } from '@wundergraph/composition';
import { parse } from 'graphql';

const subgraphs = process.argv.slice(2).map((name) => ({
  name,
  url: `http://127.0.0.1/${name}`,
  definitions: parse(readFileSync(`${name}.graphql`, 'utf8')),
}));
const {
  success,
  errors = [],
  fieldConfigurations = [],
} = federateSubgraphs({
  subgraphs,
  version: '1',
});
const guards = fieldConfigurations.map(
  ({ typeName, fieldName, requiresAuthentication, requiredScopesByOR }) => ({
    coordinate: `${typeName}.${fieldName}`,
    requiresAuthentication: requiresAuthentication === true,
    scopes: requiredScopesByOR ?? [],
  }),
);
process.stdout.write(
  JSON.stringify({ success, errors: errors.map(({ message }) => message), guards }),
);
