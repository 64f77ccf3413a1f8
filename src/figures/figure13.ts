/** Figure 13: training and landscape of the deep linear network with five normalisations. Paper, page 17. */
import { landscapeFigure } from '../drawing/landscapeFigure';
import { deepLinearTraining } from '../drawing/trainingPanels';
import { lpNormalisations } from '../measures/lpNetworks';
import { deepLinearLandscape } from '../measures/networks';
import { claims } from './figure13Claims';

/** Figure 13 of the paper (page 17), from five runs a seed. */
export const figure13 = landscapeFigure({
  number: 13,
  title: 'Figure 13: training and landscape of deep linear networks, by normalisation',
  claim: 'Every normalisation makes the deep linear network smoother.',
  notebook: 'fig13-deep-linear-normalisations',
  network: deepLinearLandscape,
  normalisations: lpNormalisations,
  training: deepLinearTraining,
  claims,
});
