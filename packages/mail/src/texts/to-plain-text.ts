import { type Block, lineText } from './read-body.ts';

/** Writes a mail as plain text. A link has a line of its own. */
export const toPlainText = (blocks: readonly Block[]): string =>
  `${blocks.map(toParagraph).join('\n\n')}\n`;

function toParagraph(block: Block): string {
  if (block.kind === 'link') return block.link;
  if (block.kind === 'lines') return block.lines.map(lineText).join('\n');
  const hasLinks = block.accounts.some(({ link }) => link !== undefined);
  return block.accounts
    .map(({ username, link }) =>
      link === undefined ? `- ${username}` : `- ${username}\n  ${link}`,
    )
    .join(hasLinks ? '\n\n' : '\n');
}
