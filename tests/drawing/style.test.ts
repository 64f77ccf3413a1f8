import { describe, expect, it } from 'vitest';

import {
  normalisationColours,
  plotOf,
  presetLabel,
  seriesStyle,
  spans,
  timeColour,
  timeScale,
} from '../../src/drawing/style';
import { short } from '../../src/system/numberText';
import { landscapeRuns } from '../fixtures/landscapeRuns';
import { syntheticRun } from '../fixtures/syntheticRuns';

describe('the visual language', () => {
  it('has one colour per normalisation', () => {
    const colours = Object.values(normalisationColours);
    expect(new Set(colours).size).toBe(colours.length);
  });

  it('has one dash per learning rate, whatever the normalisation', () => {
    const dash = (normalisation: 'none' | 'batch', learningRate: number) =>
      seriesStyle({ normalisation, learningRate }).dash;
    expect(dash('none', 0.1)).toBe(dash('batch', 0.1));
    expect(new Set([0.1, 0.5, 0.01].map((rate) => dash('none', rate))).size).toBe(3);
  });

  it('states the preset with its size', () => {
    const runs = [0, 1, 2].map((seed) => syntheticRun({ seed }, { preset: 'quick' }));
    expect(presetLabel('quick', runs)).toBe(
      'preset quick: VGG-11 at 1/8 width, batch 64, 1,200 steps, 3 seeds',
    );
    const paper = [syntheticRun({}, { preset: 'paper' })];
    expect(presetLabel('paper', paper)).toBe(
      'preset paper: VGG-16, batch 128, 15,000 steps, 1 seed',
    );
  });

  it('states both networks of a figure, and what was asked for where there are no runs', () => {
    const [vgg] = landscapeRuns('vgg', [0], { preset: 'quick' });
    const linear = landscapeRuns('deepLinear', [0, 1], { preset: 'quick' });
    expect(presetLabel('quick', [vgg!, ...linear])).toBe(
      'preset quick: VGG-11 at 1/8 width, batch 64, 1,200 steps; deep linear network of 25 layers, 10 × 10 each, ' +
        '2,000 steps, 2 seeds',
    );
    expect(presetLabel('quick', [], linear[0]!.config)).toBe(
      'preset quick: deep linear network of 25 layers, 10 × 10 each, 2,000 steps, 0 seeds',
    );
  });

  it('has a colour for each point in time, from one end of the scale to the other', () => {
    expect(timeColour(0)).toBe('rgb(13,8,135)');
    expect(timeColour(1)).toBe('rgb(251,159,58)');
    expect([timeColour(-1), timeColour(2)]).toEqual([timeColour(0), timeColour(1)]);
    expect(timeScale.map(([at]) => at)).toEqual([...timeScale.keys()].map((i) => i / 7));
  });

  it.each([
    [0, '0'],
    [1234.5, '1230'],
    [0.012345, '0.0123'],
    [2e6, '2e6'],
    [1.26e-8, '1.3e-8'],
    [-3.14159, '-3.14'],
    [Infinity, 'infinite'],
  ])('writes %s for a sentence as %s', (value, text) => {
    expect(short(value)).toBe(text);
  });

  it('says on the figure that synthetic images show nothing', () => {
    expect(presetLabel('smoke', [syntheticRun({})])).toContain('synthetic images');
  });
});

it('spans divide a range with gaps between', () => {
  const [first, second] = spans(2, 0.1, [0, 0.5]);
  expect(first).toEqual([0, 0.2]);
  expect(second![0]).toBeCloseTo(0.3);
  expect(second![1]).toBeCloseTo(0.5);
});

describe('plotOf', () => {
  const panel = { title: 'A', x: [0, 1] as [number, number], y: [0, 1] as [number, number] };
  const options = { title: 'T', label: 'L' };

  it('is white with dark text on any theme', () => {
    const { layout } = plotOf([{ ...panel, xaxis: {}, yaxis: {} }], [], options);
    expect(layout).toMatchObject({ paper_bgcolor: '#FFFFFF', plot_bgcolor: '#FFFFFF' });
    expect(layout.font!.color).toBe('#222222');
  });

  it('keeps a panel without traces and says so', () => {
    const { data, layout } = plotOf([{ ...panel, xaxis: {}, yaxis: {} }], [], options);
    expect(data).toHaveLength(1);
    expect(layout.annotations!.map(({ text }) => text)).toContain('no data');
  });
});
