/**
 * The data sets that VGG can be trained on: one entry each, under the name that a config's `data` has. Images are
 * 32 by 32 pixels with three channels; a set of another size is brought to that when it is loaded.
 */
import { UserError } from '../system/errors';
import { cifar10Status, ensureCifar10, loadCifar10 } from './cifar10';
import type { DataSet } from './dataSet';
import { syntheticDataSet } from './synthetic';

/** Whether the bytes of a data set are on this machine. */
export interface DataStatus {
  ready: boolean;
  where: string;
  detail: string;
  remedy?: string;
}

export interface DataSource {
  status(): DataStatus;
  /** Fetches what is not there, or takes it from a folder or an archive. */
  ensure(options: { from?: string; log?: (line: string) => void }): Promise<void>;
}

export interface DataSetEntry {
  /** As people call it. */
  title: string;
  classes: number;
  /** What every figure says of it; nothing where it is the paper's. */
  note?: string;
  /** Its images and labels. Throws UserError where they are not on this machine. */
  load(): DataSet;
  /** Where its bytes come from; none where they are computed. */
  source?: DataSource;
}

const byName = {
  cifar10: {
    title: 'CIFAR-10',
    classes: 10,
    load: () => loadCifar10(),
    source: { status: () => cifar10Status(), ensure: (options) => ensureCifar10(options) },
  },
  synthetic: {
    title: 'synthetic images',
    classes: 10,
    note: 'synthetic images (a test, not a result)',
    // As large as the tests of preset smoke need: several batches.
    load: () => syntheticDataSet({ train: 512, test: 256 }),
  },
} satisfies Record<string, DataSetEntry>;

export type DataSetName = keyof typeof byName;

export const dataSets: Readonly<Record<DataSetName, DataSetEntry>> = byName;

export const dataSetNames = Object.keys(dataSets) as DataSetName[];

/** Fetches the data sets of these names that are not on this machine. */
export async function ensureDataSets(
  names: readonly DataSetName[],
  options: { log: (line: string) => void },
): Promise<void> {
  for (const name of new Set(names)) await dataSets[name].source?.ensure(options);
}

/** Where the bytes of a data set come from. Throws UserError naming the sets that are fetched. */
export function sourceNamed(name: string): DataSource {
  const found = Object.hasOwn(dataSets, name) ? dataSets[name as DataSetName].source : undefined;
  if (found) return found;
  const known = dataSetNames.filter((each) => dataSets[each].source).join(', ');
  throw new UserError(`there is no data set ${name} to fetch; data sets: ${known}`);
}
