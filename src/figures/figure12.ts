/** Figure 12: training and landscape of VGG with five normalisations. Paper, page 17. */
import { landscapeFigure } from '../drawing/landscapeFigure';
import { vggTraining } from '../drawing/trainingPanels';
import { lpNormalisations } from '../measures/lpNetworks';
import { vggLandscape } from '../measures/networks';
import { claims } from './figure12Claims';

/** Figure 12 of the paper (page 17), from five runs a seed. */
export const figure12 = landscapeFigure({
  number: 12,
  title: 'Figure 12: training and landscape of VGG with different normalisations',
  claim: 'Every normalisation makes VGG smoother.',
  notebook: 'fig12-five-normalisations',
  network: vggLandscape,
  normalisations: lpNormalisations,
  training: vggTraining,
  claims,
});
