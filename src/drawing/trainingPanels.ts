/** The panel that shows how a network trained, beside those of its landscape. */
import type { LayoutAxis } from 'plotly.js';

import type { PresetName } from '../config/presets';
import { stepsPerPoint, trainingCurve } from '../measures/accuracies';
import { type Curve, curveOf } from '../measures/select';
import type { Run } from '../runs/run';
import { powers } from './logAxis';

/** The training panel of Figures 12 and 13, from one run. */
export interface TrainingPanel {
  title: (runs: readonly Run[], preset: PresetName) => string;
  yaxis: Partial<LayoutAxis>;
  paper: string;
  curve: (run: Run, preset: PresetName) => Curve;
}

export const vggTraining: TrainingPanel = {
  title: (runs, preset) => {
    const averaged = stepsPerPoint(runs[0], preset);
    return `Training accuracy${averaged > 1 ? `, windows of ${averaged} steps` : ''}`;
  },
  yaxis: { range: [0, 103], dtick: 20, title: { text: 'Minibatch accuracy (%)' } },
  paper: 'fig5a_acc', // Figure 12(a) shows the same runs
  curve: trainingCurve,
};

export const deepLinearTraining: TrainingPanel = {
  title: () => 'Training loss',
  yaxis: { ...powers, title: { text: 'Loss' } },
  paper: 'fig5b_loss', // Figure 13(a) shows the same runs
  curve: (run) => curveOf(run.tables.steps, 'loss'),
};
