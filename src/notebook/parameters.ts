/** The parameters cell of every notebook: what to make, from the environment where it is run without a person. */
import { ensureCifar10 } from '../data/cifar10';
import { installEngine } from '../engine/install';
import { parseNumberList } from '../numberList';
import { type PresetName, presetNamed, presets, vggRun } from '../training/presets';

export interface Parameters {
  preset: PresetName;
  seeds: number[];
  /** Train also what the store has. */
  retrain: boolean;
}

/**
 * The notebook's parameters: BN_PRESET, BN_SEEDS and BN_RETRAIN where they are set, else what is given here, else preset
 * quick, seed 0, and what the store has is not trained again. Prints one line that says what was chosen and what it costs.
 */
export function parameters(given: Partial<Parameters> = {}): Parameters {
  const { BN_PRESET, BN_SEEDS, BN_RETRAIN } = process.env;
  const preset = presetNamed(BN_PRESET ?? given.preset ?? 'quick');
  const seeds = BN_SEEDS ? parseNumberList(BN_SEEDS, 'BN_SEEDS') : (given.seeds ?? [0]);
  const retrain = BN_RETRAIN ? BN_RETRAIN !== '0' : (given.retrain ?? false);
  const plural = seeds.length > 1 ? 's' : '';
  console.log(`preset ${preset}, seed${plural} ${seeds.join(', ')}: ${presets[preset].about}`);
  return { preset, seeds, retrain };
}

/** Makes ready what a notebook computes with: engine and, for presets on real images, CIFAR-10, each fetched once. */
export async function ready(preset: PresetName): Promise<void> {
  const log = (line: string): void => console.log(line);
  await installEngine({ log });
  if (vggRun(preset).data === 'cifar10') await ensureCifar10({ log });
}
