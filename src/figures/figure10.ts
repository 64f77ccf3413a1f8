/** Figure 10: the landscape of the deep linear network, with and without BatchNorm. Paper, page 16. */
import { landscapeFigure } from '../drawing/landscapeFigure';
import { deepLinearLandscape } from '../measures/networks';
import { claims } from './figure10Claims';

/** Figure 10 of the paper (page 16), from two runs a seed. */
export const figure10 = landscapeFigure({
  number: 10,
  title: 'Figure 10: the optimisation landscape of the deep linear network',
  claim: 'BatchNorm makes the landscape of the deep linear network smoother.',
  notebook: 'fig10-deep-linear-landscape',
  network: deepLinearLandscape,
  normalisations: ['none', 'batch'],
  claims,
});
