/** The networks of Figures 5 and 6: standard, BatchNorm and the lp normalisations. */
import type { LinearNormalisationName } from '../models/deepLinear/divisors';

export const lpNames: readonly LinearNormalisationName[] = ['l1', 'l2', 'linf'];

/** In the order of the paper's legend. */
export const lpNormalisations: readonly LinearNormalisationName[] = ['none', 'batch', ...lpNames];
