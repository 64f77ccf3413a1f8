/** What those read who do not see a figure. */
import { expect, it } from 'vitest';

import { altText } from '../../src/drawing/altText';
import { figure04 } from '../../src/figures/figure04';
import { figure07 } from '../../src/figures/figure07';
import { chart } from '../../src/notebook/chart';
import { landscapeRuns } from '../fixtures/landscapeRuns';

const axes = { x: { title: 'training step' }, y: { title: 'loss', log: true } };

it('names title, axes, curves and slider of a chart', () => {
  const position = (name: string) => ({ name, series: [{ x: [0], y: [1], name: 'moved' }] });
  const plot = chart({
    ...{ title: 'A chart', label: 'of two curves', ...axes },
    series: [{ x: [0, 1], y: [2, 1], normalisation: 'batch' }],
    slider: { title: 'eta =', positions: [position('0.1'), position('0.2')] },
  });
  expect(altText(plot)).toBe(
    'A chart. Of two curves. Panels: loss against training step (logarithmic). ' +
      'Curves: Standard + BatchNorm; moved. Slider: eta = 0.1 to 0.2.',
  );
});

it('names the panels of a figure, each with its axes', () => {
  const { plot } = figure04.draw(landscapeRuns('vgg', [0]), { preset: 'smoke' });
  const panels = '(a) Loss landscape: Loss along the gradient against Step (logarithmic); (b) ';
  expect(altText(plot)).toMatch(/^Figure 4: .* Preset smoke: .* 1 seed, lr 0.1\. Panels: /);
  expect(altText(plot)).toContain(`Panels: ${panels}`);
  expect(altText(plot)).toMatch(/ Curves: Standard; Standard \+ BatchNorm\.$/);
});

it('says what the nodes of a diagram are', () => {
  const { plot } = figure07.draw([], { preset: 'quick' });
  expect(altText(plot)).toContain('Panels: (a) without BatchNorm; (b) with one BatchNorm.');
  expect(altText(plot)).toContain('W: the weights of the layer');
  expect(altText(plot)).not.toMatch(/<\/?[bi]/);
});

it('has words for a plot without any', () => {
  expect(altText({ data: [], layout: {} })).toBe('A figure without a title.');
  expect(altText({ data: [], layout: { title: { text: 'Why?' } } })).toBe('Why?');
});
