// `node --import tsx scripts/figures/record.ts NAME VALUE`: records a figure of a bench, which has no TypeScript.
import { recordFigure } from './figures.ts';

const [name = '', value = ''] = process.argv.slice(2);
recordFigure(name, /^(0|[1-9]\d*)(\.\d*[1-9])?$/.test(value) ? Number(value) : value);
