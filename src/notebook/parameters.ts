/** The parameters cell of every notebook: what to make, from the environment where it is run without a person. */
import { ensureCifar10 } from '../data/cifar10';
import { installEngine } from '../engine/install';
import { UserError } from '../errors';
import type { Figure } from '../figures/figure';
import { figures } from '../figures/index';
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

/** A figure of the paper by its number; throws UserError naming those that there are. */
export function figure(number: number): Figure {
  const found = figures.find((candidate) => candidate.number === number);
  if (found) return found;
  throw new UserError(
    `there is no figure ${number}; figures: ${figures.map((candidate) => candidate.number).join(', ')}`,
  );
}

/** Makes ready what a notebook computes with: engine and, for presets on real images, CIFAR-10, each fetched once. */
export async function ready(preset: PresetName): Promise<void> {
  const log = (line: string): void => console.log(line);
  await installEngine({ log });
  if (vggRun(preset).data === 'cifar10') await ensureCifar10({ log });
}
