import { Fragment } from 'react';
import { type Openness, opennessOf } from './openness.ts';
import { toWords } from './words.ts';

interface MarkedProps {
  readonly openness: Openness;
  readonly text: string;
  /** What the mark says, where the text does not: for screen readers. */
  readonly words?: string;
  /** The whole of what the text says in short. */
  readonly title?: string;
}

/**
 * A text with a mark of its openness: a full, half or hollow circle. The text says it too. It is one element, since a matrix has
 * thousands of them.
 */
export const Marked = ({ openness, text, words, title }: MarkedProps) => (
  <span className="marked" data-openness={openness} title={title}>
    <Breakable text={text} />
    {words !== undefined && <span className="hidden"> {words}</span>}
  </span>
);

/** A text whose names, such as `SESSION_OWNER`, may break after their parts. */
const Breakable = ({ text }: { readonly text: string }) =>
  text.includes('_') ? <Parts text={text} /> : text;

const Parts = ({ text }: { readonly text: string }) =>
  Array.from(text.matchAll(/[^_]+_*|_+/g), ({ 0: part, index }) => (
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));

export const Access = ({ access }: { readonly access: string }) =>
  access === '' ? <span className="quiet">as its parent</span> : <Outcome text={access} />;

/** What a viewer gets, as the API says it: a cell of the matrix or a verdict, in the same words. */
export function Outcome({ text, isWhole = false }: OutcomeProps) {
  const { short, full } = toWords(text);
  return (
    <Marked
      openness={opennessOf(text)}
      text={isWhole ? full : short}
      title={isWhole ? text : full}
    />
  );
}

interface OutcomeProps {
  readonly text: string;
  /** Whether there is room for a sentence. */
  readonly isWhole?: boolean;
}

/** What is asked of viewers: guards in SDL notation, or words. */
export const Requirement = ({ text }: { readonly text: string }) =>
  text.startsWith('@') ? (
    <code>
      <Breakable text={text} />
    </code>
  ) : (
    <span className="quiet">{text}</span>
  );
