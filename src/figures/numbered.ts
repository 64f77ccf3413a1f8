/** A figure of the paper by its number. */
import { UserError } from '../errors';
import type { Figure } from './figure';
import { figures } from './index';

/** Throws UserError naming the figures that there are. */
export function figureNumbered(number: number): Figure {
  const found = figures.find((figure) => figure.number === number);
  if (found) return found;
  const known = figures.map((figure) => figure.number).join(', ');
  throw new UserError(`there is no figure ${number}; figures: ${known}`);
}
