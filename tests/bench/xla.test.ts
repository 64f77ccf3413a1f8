/** `bn-lab bench xla` on a small network and a CPU, whose XLA takes the same way. */
import { expect, it } from 'vitest';

import { xlaTimes } from '../../src/bench/xla';
import { hasFunctions } from '../engine/counts';

it.skipIf(!hasFunctions())('times each try, and ends those whose time is up', async () => {
  const lines: string[] = [];
  const rows = await xlaTimes({
    network: { architecture: 'vgg11', width: 1 / 64, head: 64 },
    batch: 2,
    steps: 2,
    seconds: 600,
    variants: 1,
    log: (line) => lines.push(line),
  });
  expect(rows.map(({ network, problem }) => [network, problem])).toEqual([
    ['batch', ''],
    ['none', ''],
  ]);
  for (const { time } of rows) {
    expect(time!.compile).toBeGreaterThan(0);
    expect(time!.reading).toBeGreaterThan(0);
    expect(time!.queued).toBeGreaterThan(0);
  }
  expect(lines).toHaveLength(2);

  const late = await xlaTimes({ seconds: 0.5, log: () => {} });
  expect(late).toHaveLength(10);
  for (const { time, problem } of late)
    expect([time, problem]).toEqual([null, expect.stringMatching(/^not done in \d+ s$/)]);
});
