import type { Viewer, Wards } from './world.ts';

interface Denial {
  readonly code: string;
  readonly reason?: string;
  readonly path: readonly string[];
}

/** The decision about an operation, which does not run. */
export async function decisionOf(wards: Wards, viewer: Viewer, query: string) {
  const { body } = await wards.ask(query, viewer, { headers: { prefer: 'decide-only' } });
  return body.extensions.decision;
}

/** The refusals of a mutation with one field for each text, by the place of the field. */
export async function refusalsOf(wards: Wards, viewer: Viewer, fields: readonly string[]) {
  const text = fields.map((field, index) => `f${index}: ${field}`).join(' ');
  const { denials } = await decisionOf(wards, viewer, `mutation { ${text} }`);
  return denials.map(({ code, reason, path }: Denial) => [path[0], reason ?? code]);
}

/** What the oracle says about fields whose ids are hidden, or shown and not admitted: a hidden one wins. */
export function toRefusals(found: readonly ('hidden' | 'refused' | 'allowed')[]) {
  const wins = found.includes('hidden') ? 'hidden' : 'refused';
  const reason = wins === 'hidden' ? 'NOT_FOUND' : 'POLICY_DENIED';
  return found.flatMap((each, index) => (each === wins ? [[`f${index}`, reason]] : []));
}
