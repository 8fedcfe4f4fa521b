import { globSync } from 'tinyglobby';
import { root } from '../release/packages.ts';
import { currentVersion, figureText, readFigures } from './figures.ts';
import { limitText } from './limits.ts';
import { fillMarks } from './marks.ts';

/** Documents that quote figures and limits. */
export const markedPages = (): readonly string[] =>
  globSync(['*.md', '{docs,deploy,examples,site,test}/**/*.md', 'packages/*/README.md'], {
    cwd: root,
    ignore: [
      '**/node_modules/**',
      '{examples,packages}/**/{access-matrix,operations}.md',
      'site/pages/**',
    ],
  }).sort();

/** A page with the figures and limits of today. @throws {Error} for a name that no figure and no limit has. */
export function withFigures(page: string): string {
  const figures = readFigures();
  const version = currentVersion();
  return fillMarks(page, (name, kind) => {
    if (kind === 'limit') return limitText(name);
    const figure = figures[name];
    if (figure === undefined) throw new Error(`No figure is called ${name}.`);
    return figureText(figure, version);
  });
}
