import { statSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { paperCurve } from '../../src/measures/paperCurves';
import { projectRoot } from '../../src/system/paths';

/** The first step whose value reaches `level`, to the hundred, as the paper logs. */
function firstAt(curve: string, level: number): number {
  const { x, y } = paperCurve('fig1a_train_acc', curve)!;
  return 100 * Math.round(x[y.findIndex((value) => value >= level)]! / 100);
}

describe('paperCurve', () => {
  // Steps of the first logged minibatch accuracy of at least 50, 80, 90 and 95%.
  it.each([
    ['Standard_0.1', [900, 2400, 3300, 4800]],
    ['BatchNorm_0.1', [200, 800, 1600, 2400]],
    ['BatchNorm_0.5', [400, 1600, 3200, 4800]],
  ])('%s of Figure 1(a) reaches its levels where the paper does', (curve, steps) => {
    expect([50, 80, 90, 95].map((level) => firstAt(curve, level))).toEqual(steps);
  });

  it('gives envelopes both edges and lines one', () => {
    const envelope = paperCurve('fig12b_loss_env', 'Standard')!;
    expect(envelope.hi).toHaveLength(envelope.x.length);
    expect(envelope.y.every((low, i) => low <= envelope.hi![i]!)).toBe(true);
    expect(paperCurve('fig12d_beta', 'Standard')).not.toHaveProperty('hi');
  });

  it('keeps the range of the deep linear network', () => {
    const { hi } = paperCurve('fig13b_loss_env', 'Standard')!;
    expect(Math.max(...hi!)).toBeCloseTo(6.228e14, -12);
  });

  it('knows what was not digitised', () => {
    expect(paperCurve('fig1b_test_acc', 'Standard_0.5')).toBeUndefined();
    expect(paperCurve('fig99', 'Standard')).toBeUndefined();
  });

  it('stays small', () => {
    expect(statSync(path.join(projectRoot, 'data/paper/curves.json')).size).toBeLessThan(250_000);
  });
});
