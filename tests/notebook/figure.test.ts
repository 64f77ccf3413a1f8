import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Plot } from '../../src/drawing/figure';
import { showFigure } from '../../src/notebook/figure';
import { collectMessages } from './kernelDouble';

const plot: Plot = {
  data: [{ type: 'scatter', x: [1, 2], y: [1, 2] }],
  layout: { title: { text: 'Loss' }, height: 300 },
};

describe('showFigure without a browser', () => {
  const messages = collectMessages();
  beforeEach(() => void vi.stubEnv('BN_BROWSER', 'none'));
  afterEach(() => void vi.unstubAllEnvs());

  it('shows the interactive figure and says once why there is no PNG', async () => {
    await showFigure(plot);
    await showFigure(plot);
    const figures = messages.filter(({ data }) => 'application/vnd.plotly.v1+json' in data);
    expect(figures).toHaveLength(2);
    expect(figures[0]?.data).toEqual({
      'application/vnd.plotly.v1+json': {
        data: plot.data,
        layout: { ...plot.layout, width: 700 },
        config: {},
      },
      'text/plain': 'Loss.',
    });
    const notes = messages.filter((message) => !figures.includes(message));
    expect(notes).toHaveLength(1);
    expect(notes[0]?.data['text/plain']).toMatch(/^- no PNG .*BN_BROWSER/);
  });

  it('packs long arrays of numbers, gaps included, and nothing else', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => (i === 7 ? null : 1.5 ** i));
    const names = numbers.map(String);
    const tiny = numbers.map(() => 1e-300);
    await showFigure({
      data: [{ x: numbers, y: tiny, text: names, name: 'a' }],
      layout: {},
    });
    const shown = messages[0]!.data['application/vnd.plotly.v1+json'] as {
      data: [{ x: { dtype: string; bdata: string } }];
    };
    const { x, ...rest } = shown.data[0];
    expect(rest).toEqual({ y: tiny, text: names, name: 'a' });
    expect(x.dtype).toBe('f4');
    const bytes = Uint8Array.from(Buffer.from(x.bdata, 'base64'));
    expect([...new Float32Array(bytes.buffer)]).toEqual(
      numbers.map((value) => (value === null ? NaN : Math.fround(value))),
    );
  });

  it('shows the notes of a drawing under the figure', async () => {
    const notes = ['seed 1 <diverged> at step 40'];
    await showFigure({ plot, points: [], notes }, { png: false });
    expect(messages).toHaveLength(2);
    expect(messages[1]?.data['text/html']).toContain('seed 1 &lt;diverged&gt; at step 40');
    expect(messages[1]?.data['text/plain']).toBe('- seed 1 <diverged> at step 40');
  });
});
