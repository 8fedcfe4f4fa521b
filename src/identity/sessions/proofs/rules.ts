import type { FactorTable } from '../../../values/factor.ts';
import type { FactorRules, ProofKind } from '../../../values/proof.ts';
import type { Rules } from './proofs.ts';

/** Joins the rules of packages with the password. */
export function rulesWith(
  password: ProofKind,
  packages: readonly FactorRules[],
  factors: FactorTable,
): Rules {
  return {
    factors,
    kinds: Object.assign({}, ...packages.map(({ kinds }) => kinds), { password }),
    async due(sql, userId, proved) {
      for (const rules of packages) {
        const due = await rules.due(sql, userId, proved);
        if (due.length > 0) return due;
      }
      return [];
    },
  };
}
