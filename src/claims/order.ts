/** The order in which rows are shown. */
import type { Claim, Kind } from './claim';

/** The paper's statements first, then its theory, its critics and ours: kinds are counted apart. */
export const kinds: Record<Kind, string> = {
  paper: 'the paper’s empirical statements',
  theory: 'its theory',
  critics: 'its critics',
  ours: 'ours',
};

/** Figures by number, then the others by kind. */
const placeOf = ({ figure, kind }: Claim): number =>
  typeof figure === 'number' ? figure : 1000 + Object.keys(kinds).indexOf(kind);

/** Rows by figure, then section 4, theory and critics, each as they come. */
export const inOrder = (rows: readonly Claim[]): Claim[] =>
  [...rows].sort((a, b) => placeOf(a) - placeOf(b));
