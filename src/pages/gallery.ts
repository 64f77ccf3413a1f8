/** What is checked beside the figures: the theory and the critics, each with its notebook. */
import type { Claim } from '../claims/claim';
import { isOfCritics } from '../claims/critics';

/** Whether a claim is a statement of the theory. */
export const isTheory = (claim: Claim): boolean =>
  typeof claim.figure === 'string' && !isOfCritics(claim);

/** What is checked beside the figures, and its notebook. */
export const galleryOthers: readonly {
  about: string;
  notebook: string;
  isOwn: (claim: Claim) => boolean;
}[] = [
  { about: 'The theory: section 4 and Appendix C.', notebook: 'theory', isOwn: isTheory },
  { about: 'What the paper’s critics say.', notebook: 'claims', isOwn: isOfCritics },
];
