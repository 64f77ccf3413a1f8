/** Charts of the lessons: valid Plotly, colours of the figures, a slider that shows one position at a time. */
import { expect, it } from 'vitest';

import { normalisationColours } from '../../src/drawing/style';
import { chart } from '../../src/notebook/chart';
import { validatePlot } from '../support/validatePlot';

const axes = { x: { title: 'step' }, y: { title: 'loss', log: true } };
const curve = { x: [0, 1], y: [1, 2] };
const options = { title: 'A chart', label: 'of two points', ...axes };

it('names and colours a curve by its network', () => {
  const { data } = chart({ ...options, series: [{ ...curve, normalisation: 'batch' }] });
  expect(data[0]).toMatchObject({
    name: 'Standard + BatchNorm',
    line: { color: normalisationColours.batch },
  });
});

it('shows one position of its slider, and always what does not move', async () => {
  const positions = ['a', 'b', 'c'].map((name) => ({ name, series: [curve, curve] }));
  const plot = chart({ ...options, series: [curve], slider: { title: 'place', positions } });
  expect(plot.data.map((trace) => 'visible' in trace && trace.visible === false)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    true,
  ]);
  const { steps } = plot.layout.sliders![0]!;
  expect(steps!.map(({ label }) => label)).toEqual(['a', 'b', 'c']);
  const visible = { visible: [true, false, false, true, true, false, false] };
  expect(steps![1]!.args).toEqual([visible]);
  // Plotly's check objects to any hidden trace and to any argument of a slider.
  const shown = { ...plot, data: plot.data.slice(0, 3), layout: { ...plot.layout, sliders: [] } };
  expect(await validatePlot(shown)).toEqual([]);
});
