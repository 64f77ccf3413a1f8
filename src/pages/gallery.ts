/** What there is to see, in a few words each: the figures, the theory, the critics, and the notebooks that show them. */
import type { Claim } from '../claims/claim';
import { isOfCritics } from '../claims/critics';

/** The claim of each figure in a few words, and its notebook. */
export const gallery: Record<number, { claim: string; notebook: string }> = {
  1: {
    claim: 'BatchNorm trains faster and at rates at which the standard network does not train',
    notebook: 'fig01-training-speed',
  },
  2: {
    claim: '“noisy” BatchNorm has unstable activations and trains as well',
    notebook: 'fig02-noisy-batchnorm',
  },
  3: {
    claim: 'BatchNorm does not reduce internal covariate shift',
    notebook: 'fig03-covariate-shift',
  },
  4: { claim: 'BatchNorm makes the landscape of VGG smoother', notebook: 'fig04-landscape' },
  5: { claim: 'l1, l2 and l-infinity normalisation train as well', notebook: 'fig05-lp-norms' },
  6: {
    claim: 'they do so with larger shifts of their activations',
    notebook: 'fig06-lp-activations',
  },
  7: { claim: 'the two networks that the theory compares', notebook: 'fig07-two-networks' },
  8: { claim: '“noisy” BatchNorm moves the moments more', notebook: 'fig08-moments' },
  9: {
    claim: 'activations of a deep linear network are large and uncontrolled',
    notebook: 'fig09-deep-linear-activations',
  },
  10: {
    claim: 'BatchNorm makes the landscape of the deep linear network smoother',
    notebook: 'fig10-deep-linear-landscape',
  },
  11: {
    claim: 'with BatchNorm the gradient changes less, at every step length',
    notebook: 'fig11-step-size',
  },
  12: { claim: 'every normalisation makes VGG smoother', notebook: 'fig12-five-normalisations' },
  13: {
    claim: 'every normalisation makes the deep linear network smoother',
    notebook: 'fig13-deep-linear-normalisations',
  },
  14: {
    claim: 'ours: curvature, random directions and initialisation, which the paper leaves open',
    notebook: 'fig14-open-questions',
  },
};

/** Whether a claim is a statement of the theory. */
export const isTheory = (claim: Claim): boolean =>
  typeof claim.figure === 'string' && !isOfCritics(claim);

/** What is checked beside the figures, and its notebook. */
export const galleryOthers: readonly {
  about: string;
  notebook: string;
  isOwn: (claim: Claim) => boolean;
}[] = [
  { about: 'the theory: section 4 and Appendix C', notebook: 'theory', isOwn: isTheory },
  { about: 'what the paper’s critics say', notebook: 'claims', isOwn: isOfCritics },
];
