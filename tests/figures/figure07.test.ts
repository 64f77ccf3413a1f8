/** Figure 7, a diagram: no runs, no numbers, the symbols of the theory. */
import type { Annotations, PlotData, Shape } from 'plotly.js';
import { afterAll, describe, expect, it } from 'vitest';

import { browserStatus } from '../../src/drawing/browser';
import { closeRenderer } from '../../src/drawing/render';
import { figure07 } from '../../src/figures/figure07';
import { validatePlot } from '../support/validatePlot';

const { plot, points, notes } = figure07.draw([], { preset: 'quick' });
const annotations = plot.layout.annotations as Partial<Annotations>[];
const shapes = plot.layout.shapes as Partial<Shape>[];
const texts = annotations.map(({ text }) => text!.replaceAll(/<\/?[bi]>/g, ''));

afterAll(closeRenderer);

describe('Figure 7', () => {
  it('needs no run, plots no number and claims nothing by itself', () => {
    expect(figure07.runs('paper', [0, 1])).toEqual([]);
    expect(points).toEqual([]);
    expect(figure07.claims([])).toEqual([]);
    expect(notes).toHaveLength(1);
  });

  it('is the same whenever it is drawn', () => {
    expect(figure07.draw([], { preset: 'smoke' })).toEqual({ plot, points, notes });
  });

  it.each(['x', 'W', 'y'])('has %s in both networks, at one place', (symbol) => {
    const found = annotations.filter((_, i) => texts[i] === symbol);
    expect(found.map(({ yref }) => yref)).toEqual(['y', 'y2']);
    expect(found[0]!.x).toBe(found[1]!.x);
  });

  it('has the symbols of the theory', () => {
    const needed = ['μ, σ of the batch', '(y − μ) / σ', 'ŷ', 'γ, β', 'γ ŷ + β', 'z'];
    expect(texts).toEqual(expect.arrayContaining([...needed, 'loss ℒ', 'loss ℒ̂']));
    expect(texts).toEqual(expect.arrayContaining(['∂ℒ/∂y = ĝ', '∂ℒ̂/∂z = ĝ', '∂ℒ̂/∂y = (γ/σ) P ĝ']));
  });

  it('has an outline and an explanation for every label in the diagram', () => {
    const nodes = (plot.data as Partial<PlotData>[]).flatMap(({ text }) => text as string[]);
    const outlines = shapes.filter(({ type, line }) => type !== 'line' && line?.dash !== 'dot');
    expect(outlines.filter(({ type }) => type !== 'path')).toHaveLength(nodes.length);
    expect(nodes.every((about) => about.length > 10)).toBe(true);
  });

  it.skipIf(!browserStatus().ready)('is what Plotly understands', async () => {
    expect(await validatePlot(plot)).toEqual([]);
  });
});
