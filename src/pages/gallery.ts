/** What is checked beside the figures: the theory, the critics and ours, each with its notebook. */
import type { Claim } from '../claims/claim';

/** Whether a claim is a statement of the theory. */
export const isTheory = ({ kind }: Claim): boolean => kind === 'theory';

/** Whether it is one of the paper's critics'. */
export const isOfCritics = ({ kind }: Claim): boolean => kind === 'critics';

/** Whether it is ours. */
const isOurs = ({ kind }: Claim): boolean => kind === 'ours';

/** Whether it is what the paper itself says of a figure, and measured. */
export const isOfFigure =
  (number: number) =>
  ({ figure, kind }: Claim): boolean =>
    figure === number && kind === 'paper';

/** Whether it is about section 4's conditions in a network that trains. */
export const isOfSection4 = ({ figure }: Claim): boolean => figure === 'Section 4';

/** What is checked beside the figures, and its notebook. */
export const galleryOthers: readonly {
  about: string;
  notebook: string;
  isOwn: (claim: Claim) => boolean;
}[] = [
  { about: 'The theory: section 4 and Appendix C.', notebook: 'theory', isOwn: isTheory },
  {
    about: 'Section 4’s conditions in a network that trains.',
    notebook: 'theory',
    isOwn: isOfSection4,
  },
  { about: 'What the paper’s critics say.', notebook: 'claims', isOwn: isOfCritics },
  { about: 'Ours: what the paper does not say.', notebook: 'claims', isOwn: isOurs },
];
