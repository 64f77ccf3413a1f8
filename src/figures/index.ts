/** All figures, by number. */
import type { Figure } from './figure';
import { figure01 } from './figure01';

export const figures: readonly Figure[] = [figure01];
