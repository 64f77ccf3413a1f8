/** The networks that figures compare: which runs they ask for, and which of the given runs are of them. */
import { deepLinearRun, type PresetName, vggRun } from '../config/presets';
import type { RunConfig } from '../config/schema';
import type { LinearNormalisationName } from '../models/deepLinear/divisors';
import type { Run } from '../runs/run';
import type { Condition } from './select';

/** What tells one run of a network from another. */
export interface NetworkChoice {
  normalisation: LinearNormalisationName;
  seed: number;
}

/** What the figures of one network have in common. */
export interface LandscapeNetwork {
  model: RunConfig['model'];
  config: (preset: PresetName, choice?: NetworkChoice) => RunConfig;
  /** The paper's axes of gradient change and smoothness. */
  scale: 'linear' | 'log';
  paper: { loss: string; change: string; smoothness: string };
}

export const vggLandscape: LandscapeNetwork = {
  model: 'vgg',
  config: vggRun,
  scale: 'linear',
  paper: { loss: 'fig12b_loss_env', change: 'fig12c_gradpred_env', smoothness: 'fig12d_beta' },
};

export const deepLinearLandscape: LandscapeNetwork = {
  model: 'deepLinear',
  config: deepLinearRun,
  scale: 'log',
  paper: { loss: 'fig13b_loss_env', change: 'fig13c_gradpred_env', smoothness: 'fig13d_beta' },
};

/**
 * What tells the runs of a figure of one network apart. The learning rate is that of the runs, since a preset may have
 * its own; there is one in each of these figures.
 */
export function conditionsOf<Name extends LinearNormalisationName>(
  runs: readonly Run[],
  { model, config }: Pick<LandscapeNetwork, 'model' | 'config'>,
  names: readonly Name[],
): (Condition & { normalisation: Name })[] {
  const own = runs.find((run) => run.config.model === model)?.config ?? config('paper');
  return names.map((normalisation) => ({ normalisation, learningRate: own.learningRate }));
}

/** The runs of a figure: all networks of one seed before those of the next. */
export const runsForSeeds = <Network>(
  seeds: readonly number[],
  networks: readonly Network[],
  config: (network: Network & { seed: number }) => RunConfig,
): RunConfig[] => seeds.flatMap((seed) => networks.map((network) => config({ ...network, seed })));

/** The runs of a figure of several kinds of network, all of one kind before those of the next; see `runsForSeeds`. */
export const runsOfKinds = <Network>(
  kinds: readonly ((preset: PresetName, network: Network & { seed: number }) => RunConfig)[],
  preset: PresetName,
  seeds: readonly number[],
  networks: readonly Network[],
): RunConfig[] =>
  kinds.flatMap((config) => runsForSeeds(seeds, networks, (network) => config(preset, network)));

/** The runs of one kind of network, and how it is asked for where there are none. */
export interface Model {
  runs: Run[];
  config: RunConfig;
}

/** The runs of a figure that are of one kind of network. */
export function modelOf(
  runs: readonly Run[],
  asked: (preset: PresetName) => RunConfig,
  preset: PresetName = 'paper',
): Model {
  const config = asked(preset);
  const own = runs.filter((run) => run.config.model === config.model);
  return { runs: own, config: own[0]?.config ?? config };
}
