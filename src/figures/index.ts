/** All figures, by number: the paper's thirteen, and ours. */
import type { Claim } from '../claims/claim';
import { corrected } from '../claims/judge';
import { inOrder } from '../claims/order';
import { statements as sectionFour } from '../claims/section4';
import { claimsBy } from '../claims/statement';
import type { Figure } from '../drawing/figure';
import { UserError } from '../system/errors';
import { figure01 } from './figure01';
import { figure02 } from './figure02';
import { figure03 } from './figure03';
import { figure04 } from './figure04';
import { figure05 } from './figure05';
import { figure06 } from './figure06';
import { figure07 } from './figure07';
import { figure08 } from './figure08';
import { figure09 } from './figure09';
import { figure10 } from './figure10';
import { figure11 } from './figure11';
import { acrossStatements } from './figure11Claims';
import { figure12 } from './figure12';
import { figure13 } from './figure13';
import { figure14 } from './figure14';

export const figures: readonly Figure[] = [
  figure01,
  figure02,
  figure03,
  figure04,
  figure05,
  figure06,
  figure07,
  figure08,
  figure09,
  figure10,
  figure11,
  figure12,
  figure13,
  figure14,
];

/** A figure by its number. Throws UserError naming the figures that there are. */
export function figureNumbered(number: number): Figure {
  const found = figures.find((figure) => figure.number === number);
  if (found) return found;
  const known = figures.map((figure) => figure.number).join(', ');
  throw new UserError(`there is no figure ${number}; figures: ${known}`);
}

/** Statements of the paper that belong to no single figure. */
export const ofNoFigure = claimsBy([...acrossStatements, ...sectionFour]);

let size: number | undefined;

/** How many empirical statements of the paper there are: the family over which their verdicts are corrected. */
const familySize = (): number =>
  (size ??= [...figures.flatMap((figure) => figure.claims([])), ...ofNoFigure([])].filter(
    ({ kind }) => kind === 'paper',
  ).length);

/** Rows of some statements, in order, with verdicts that are corrected for the number of all of the paper's. */
export const correctedForAll = (rows: readonly Claim[]): Claim[] =>
  corrected(inOrder(rows), familySize());
