import { Marked } from './marked.tsx';
import type { countIn } from './matrix-groups.ts';

/** How many rows of a group are open, and how many on conditions. */
export function Tally({ counts }: { readonly counts: ReturnType<typeof countIn> }) {
  const { open, conditional, closed } = counts;
  const words = `${open} open, ${conditional} on conditions, ${closed} closed`;
  return (
    <span className="tally" title={words}>
      {open > 0 && <Marked openness="open" text={`${open}`} words="open" />}
      {conditional > 0 && (
        <Marked openness="conditional" text={`${conditional}`} words="on conditions" />
      )}
      {open + conditional === 0 && closed > 0 && <Marked openness="closed" text="no" />}
    </span>
  );
}
