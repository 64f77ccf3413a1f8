/** The networks whose landscape the paper shows: runs, axes and the names of its digitised curves. */
import { deepLinearRun, vggRun } from '../training/presets';
import { stepsPerPoint, trainingCurve } from './accuracies';
import type { LandscapeNetwork, TrainingPanel } from './landscapeFigure';
import { powers } from './logAxis';
import { curveOf } from './select';

export const vggLandscape: LandscapeNetwork = {
  model: 'vgg',
  config: vggRun,
  scale: 'linear',
  paper: { loss: 'fig12b_loss_env', change: 'fig12c_gradpred_env', smoothness: 'fig12d_beta' },
};

export const vggTraining: TrainingPanel = {
  title: (runs, preset) => {
    const averaged = stepsPerPoint(runs[0], preset);
    return `Training accuracy${averaged > 1 ? `, windows of ${averaged} steps` : ''}`;
  },
  yaxis: { range: [0, 103], dtick: 20, title: { text: 'Minibatch accuracy (%)' } },
  paper: 'fig5a_acc', // Figure 12(a) shows the same runs
  curve: trainingCurve,
};

export const deepLinearLandscape: LandscapeNetwork = {
  model: 'deepLinear',
  config: deepLinearRun,
  scale: 'log',
  paper: { loss: 'fig13b_loss_env', change: 'fig13c_gradpred_env', smoothness: 'fig13d_beta' },
};

export const deepLinearTraining: TrainingPanel = {
  title: () => 'Training loss',
  yaxis: { ...powers, title: { text: 'Loss' } },
  paper: 'fig5b_loss', // Figure 13(a) shows the same runs
  curve: (run) => curveOf(run.tables.steps, 'loss'),
};
