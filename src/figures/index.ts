/** All figures, by number: the paper's thirteen, and ours. */
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
