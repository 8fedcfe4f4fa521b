// Composes subgraphs. Run: node compose.mjs rooms=http://127.0.0.1:4000/graphql ... > supergraph.graphql
import { readFileSync } from 'node:fs';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

const subgraphs = process.argv.slice(2).map((word) => {
  const [name, url] = word.split(/=(.*)/s);
  return { name, url, typeDefs: parse(readFileSync(`${name}.graphql`, 'utf8')) };
});
const { supergraphSdl, errors = [] } = composeServices(subgraphs);
for (const { message } of errors) process.stderr.write(`${message}\n`);
if (supergraphSdl === undefined) process.exit(1);
process.stdout.write(supergraphSdl);
