import { Fragment } from 'react';
import { type Openness, opennessOfAccess, opennessOfVerdict } from './openness.ts';

interface MarkedProps {
  readonly openness: Openness;
  readonly text: string;
  /** What the mark says, where the text does not: for screen readers. */
  readonly words?: string;
}

/** A text with a mark of its openness: a full, half or hollow circle. The text says it too. */
export const Marked = ({ openness, text, words }: MarkedProps) => (
  <span className="marked" data-openness={openness}>
    <span className="mark" aria-hidden="true" />
    <span>
      <Breakable text={text} />
      {words !== undefined && <span className="hidden"> {words}</span>}
    </span>
  </span>
);

/** A text whose names, such as `SESSION_OWNER`, may break after their parts. */
const Breakable = ({ text }: { readonly text: string }) =>
  Array.from(text.matchAll(/[^_]+_*|_+/g), ({ 0: part, index }) => (
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));

export const Access = ({ access }: { readonly access: string }) =>
  access === '' ? (
    <span className="quiet">as its parent</span>
  ) : (
    <Marked openness={opennessOfAccess(access)} text={access} />
  );

/** What a viewer gets for an operation. */
export const Verdict = ({ verdict }: { readonly verdict: string }) => (
  <Marked openness={opennessOfVerdict(verdict)} text={verdict} />
);

/** What is asked of viewers: guards in SDL notation, or words. */
export const Requirement = ({ text }: { readonly text: string }) =>
  text.startsWith('@') ? (
    <code>
      <Breakable text={text} />
    </code>
  ) : (
    <span className="quiet">{text}</span>
  );
