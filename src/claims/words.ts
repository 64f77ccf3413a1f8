/** Numbers of a row as people read them. */
import type { Claim } from './claim';

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** '1.2 points, 0.8 to 1.6'; an end that a run's end hides is open. */
export function intervalOf({ value, interval, unit, bound }: Claim): string {
  if (value === null) return '';
  const mean = `${bound ? `${bound} ` : ''}${short(value)} ${unit}`;
  if (interval === null) return mean;
  const [low, high] = interval.map((end) => (end === null ? 'open' : short(end)));
  return `${mean}, ${low} to ${high}`;
}

/** 'above 1 points (one point of accuracy)' */
export const marginOf = ({ direction, margin, unit, marginReason }: Claim): string =>
  `${direction} ${short(margin)} ${unit} (${marginReason})`;

/** What the rule says of the paper's own curve. */
export function paperCurveOf({ paperCurve, unit }: Claim): string {
  if ('none' in paperCurve) return `no curve: ${paperCurve.none}`;
  return `${paperCurve.passes ? 'passes' : 'fails'} (${short(paperCurve.value)} ${unit})`;
}

/** The rule of a row in one sentence. */
export const ruleOf = (claim: Claim): string => `effect: ${claim.effect}; holds ${marginOf(claim)}`;

/** What must be known of a verdict beside its numbers: of which seeds it is, and whether the correction made it. */
export function standingOf({ kind, seeds, confirmatory, correctionMatters }: Claim): string {
  if (kind === 'theory') return 'deterministic: counterexamples of a random sampler';
  if (seeds.length === 0) return '';
  const named = `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
  const notes = [
    `${named} (${confirmatory ? 'confirmatory' : 'exploratory: seen before the rules'})`,
    ...(correctionMatters ? ['undecided by the correction for the number of statements'] : []),
  ];
  return notes.join('; ');
}
