/**
 * The statements of section 4 and Appendix C as claims: each form, as printed and corrected where they differ, on random
 * batches. A verdict here says whether a counterexample was found; that the proven forms have none is tested too.
 */
import type { Claim } from '../claims/claim';
import { rulesDated } from '../claims/seen';
import { sixDigits } from '../measures/statistics';
import { grouped } from '../system/numberText';
import { type Count, countOf, experiment, type StatementName, statements } from './experiments';

type Relation = '<=' | '<' | '=';

interface TheoryClaim {
  name: StatementName;
  /** The label of the form. */
  form: string;
  id: string;
  statement: string;
  paper: string;
  /** What is claimed of both sides; default `<=`. */
  relation?: Relation;
}

const theoryStatements: readonly TheoryClaim[] = [
  {
    name: 'factC1',
    form: 'the formula equals differences',
    id: 'factC1',
    relation: '=',
    statement:
      'The gradient before normalisation is γ/σ times the gradient ĝ after it, without its mean and its part along ŷ.',
    paper: 'Fact C.1, Appendix C',
  },
  {
    name: 'factC2',
    form: 'the formula equals differences',
    id: 'factC2',
    relation: '=',
    statement: '∂ŷ_b/∂y_k = ([b = k] − 1/m − ŷ_b ŷ_k/m) / σ.',
    paper: 'Fact C.2, Appendix C',
  },
  {
    name: 'theorem41',
    form: 'as printed, 1/sqrt(m)',
    id: 'theorem41-printed',
    statement: '‖∂ℒ̂/∂y‖² ≤ γ²/σ² (‖ĝ‖² − ⟨1, ĝ⟩²/m − ⟨ĝ, ŷ⟩²/√m).',
    paper: 'Theorem 4.1, section 4.2, as printed in version 3',
  },
  {
    name: 'theorem41',
    form: 'corrected, 1/m',
    id: 'theorem41-corrected',
    relation: '=',
    statement: '‖∂ℒ̂/∂y‖² ≤ γ²/σ² (‖ĝ‖² − ⟨1, ĝ⟩²/m − ⟨ĝ, ŷ⟩²/m); both sides are equal.',
    paper: 'not as printed: 1/m is what the proof of Theorem 4.1 gives, as ‖ŷ‖² = m',
  },
  {
    name: 'theorem42',
    form: 'first form',
    id: 'theorem42-first',
    relation: '=',
    statement: 'With v = ∂ℒ̂/∂y: vᵀĤv ≤ γ²/σ² vᵀHv − γ/(mσ²) ⟨ĝ, ŷ⟩ ‖v‖²; both sides are equal.',
    paper: 'Theorem 4.2, section 4.2, first form (printed with ≤)',
  },
  {
    name: 'theorem42',
    form: 'second form, order kept',
    id: 'theorem42-second-printed',
    statement:
      'vᵀĤv ≤ γ²/σ² (ĝᵀHĝ − ⟨ĝ, ŷ⟩ ‖v‖²/(mγ)) if H keeps the order of the norms of ĝ and v.',
    paper: 'Theorem 4.2, section 4.2, second form with the premise as printed',
  },
  {
    name: 'theorem42',
    form: 'second form, order kept, shrinks',
    id: 'theorem42-second-corrected',
    statement:
      'vᵀĤv ≤ γ²/σ² (ĝᵀHĝ − ⟨ĝ, ŷ⟩ ‖v‖²/(mγ)) if H keeps the order of the norms of ĝ and v and ‖v‖ ≤ ‖ĝ‖.',
    paper: 'not as printed: ‖v‖ ≤ ‖ĝ‖ is missing from the premise of Theorem 4.2, second form',
  },
  {
    name: 'observation43',
    form: 'z equals y',
    id: 'observation43',
    relation: '=',
    statement:
      'With γ = σ and β = μ the normalised layer gives the activations that it had without.',
    paper: 'Observation 4.3, section 4.2',
  },
  {
    name: 'theorem44',
    form: 'as printed',
    id: 'theorem44-printed',
    statement: 'max ‖∂ℒ̂/∂W‖² ≤ γ²/σ² (g² − m μ_g² − λ² ⟨ĝ, ŷ⟩²), g = max ‖∂ℒ/∂W‖².',
    paper: 'Theorem 4.4, section 4.2, as printed in version 3',
  },
  {
    name: 'theorem44',
    form: 'corrected',
    id: 'theorem44-corrected',
    relation: '=',
    statement:
      'max ‖∂ℒ̂/∂W‖² ≤ γ²/σ² (g − λ² m μ_g² − λ² ⟨ĝ, ŷ⟩²/m), g = max ‖∂ℒ/∂W‖²; both sides are equal.',
    paper: 'not as printed: λ² times Theorem 4.1, as in the proof of Theorem 4.4',
  },
  {
    name: 'lemma45',
    form: 'with its premise',
    id: 'lemma45',
    relation: '=',
    statement:
      'If ⟨W₀, W*⟩ > 0, the normalised network has an optimum at ‖W₀ − Ŵ*‖² ≤ ‖W₀ − W*‖² − (‖W*‖² − ⟨W*, W₀⟩)²/‖W*‖²; both sides are equal.',
    paper: 'Lemma 4.5, section 4.2 (all weights scaled as one vector)',
  },
  {
    name: 'theoremC1',
    form: 'two maxima, all premises',
    id: 'theoremC1-printed',
    statement:
      'The greatest curvature along the gradient by W over ‖X‖ ≤ λ is, with BatchNorm, below γ²/σ² (the greatest without − λ⁴κ), each greatest taken over its own X (H convex, ⟨ĝ, ŷ⟩ > 0, second form of Theorem 4.2 true).',
    paper: 'Theorem C.1, Appendix C, as printed: two maxima and <',
    relation: '<',
  },
  {
    name: 'theoremC1',
    form: 'one input, second form holds',
    id: 'theoremC1-one-input',
    statement:
      'With the same X on both sides, XXᵀ = λ²I, the curvature along the gradient by W is at most γ²/σ² (that without − λ⁴κ), where the second form of Theorem 4.2 is true.',
    paper: 'not as printed: Theorem C.1 with one X and ≤',
  },
];

/** In how many cases the relation is violated. */
function violations({ cases, violated, equal }: Omit<Count, 'form'>, relation: Relation): number {
  if (relation === '=') return cases - equal;
  return relation === '<' ? violated + equal : violated;
}

export interface TheoryClaimsOptions {
  /** Random cases a seed and statement; default 2000. */
  cases?: number;
}

/**
 * A claim for each form, from random batches of every seed: a second a seed. Pure: the same seeds, the same claims.
 * Throws UserError for a number of cases that is not positive and whole.
 */
export function theoryClaims(
  seeds: readonly number[] = [0],
  { cases = 2000 }: TheoryClaimsOptions = {},
): Claim[] {
  const names = [...new Set(theoryStatements.map(({ name }) => name))];
  const tables = new Map(
    names.map((name) => [name, seeds.map((seed) => experiment(name, { cases, seed }))]),
  );
  return theoryStatements.map(({ name, form: label, relation = '<=', ...claim }): Claim => {
    const { name: figure, forms, tolerance } = statements[name];
    const form = forms.find((each) => each.label === label)!;
    const counts = tables.get(name)!.map((table) => countOf(form, table, tolerance));
    const total = (of: (count: Omit<Count, 'form'>) => number): number =>
      counts.reduce((sum, count) => sum + of(count), 0);
    const all = total(({ cases }) => cases);
    const against = total((count) => violations(count, relation));
    const equal = total((count) => count.equal);
    return {
      ...claim,
      kind: 'theory',
      figure,
      ...sampled,
      value: all === 0 ? null : sixDigits((100 * against) / all),
      seeds: [...seeds],
      verdict: all === 0 ? 'not measured' : against === 0 ? 'holds' : 'fails',
      measured: `violated on ${grouped(against)} of ${grouped(all)} random batches; both sides equal on ${grouped(equal)}`,
      notMeasured: all === 0 ? 'no random batch meets the premise' : null,
    };
  });
}

/**
 * What all rows of the theory share. They are deterministic: one counterexample refutes a theorem, and how many there are
 * describes the sampler and not the statement. So there is no test, no interval and no seed in the sense of a training.
 */
const sampled = {
  effect: 'random batches that violate it by more than rounding',
  unit: '% of the sampler’s batches',
  direction: 'below',
  margin: 0,
  marginReason: 'one counterexample refutes a theorem; their share describes the sampler alone',
  bound: null,
  interval: null,
  p: null,
  confirmatory: false,
  correctionMatters: false,
  paperCurve: { none: 'theorems have no curve' },
  rulesDated,
} as const;
