import type { FactorRules, ProofKind } from '../../../values/proof.ts';
import type { Rules } from './proofs.ts';

/** Joins the rules of packages with the password. */
export function rulesWith(password: ProofKind, packages: readonly FactorRules[]): Rules {
  return {
    kinds: Object.assign({}, ...packages.map(({ kinds }) => kinds), { password }),
    async due(sql, userId, proved) {
      for (const rules of packages) {
        const factors = await rules.due(sql, userId, proved);
        if (factors.length > 0) return factors;
      }
      return [];
    },
  };
}
