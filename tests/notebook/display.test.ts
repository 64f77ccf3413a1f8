import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createSlot, showBundle } from '../../src/notebook/display';
import { collectMessages } from './kernelDouble';

describe('showBundle', () => {
  const messages = collectMessages();

  it('sends bytes as base64 and objects as they are', () => {
    showBundle({
      'image/png': Buffer.from('png'),
      'application/json': { a: 1 },
      'text/plain': 't',
    });
    expect(messages).toEqual([
      {
        data: { 'image/png': 'cG5n', 'application/json': { a: 1 }, 'text/plain': 't' },
        displayId: undefined,
        update: false,
      },
    ]);
  });
});

describe('outside a kernel', () => {
  it('shows nothing and loads no tslab', () => {
    expect(() => showBundle({ 'text/plain': 't' })).not.toThrow();
    expect(require.cache[require.resolve('tslab/dist/jupyter.js')]).toBeUndefined();
  });
});

describe('createSlot', () => {
  const messages = collectMessages();
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('replaces its own output, not more often than the interval', () => {
    const slot = createSlot({ interval: 200 });
    const made: number[] = [];
    for (let ms = 0; ms < 1000; ms += 20) {
      slot.show(() => {
        made.push(ms);
        return { 'text/plain': `${ms}` };
      });
      vi.advanceTimersByTime(20);
    }
    expect(made).toEqual([0, 200, 400, 600, 800]);
    expect(messages.map(({ data }) => data['text/plain'])).toEqual(made.map(String));
    expect(messages.map(({ update }) => update)).toEqual([false, true, true, true, true]);
    expect(new Set(messages.map(({ displayId }) => displayId)).size).toBe(1);
    expect(messages[0]?.displayId).toMatch(/^[0-9a-f]{16}$/);
  });

  it('shows the last state at once', () => {
    const slot = createSlot();
    slot.show(() => ({ 'text/plain': 'first' }));
    slot.show(() => ({ 'text/plain': 'too soon' }));
    slot.finish({ 'text/plain': 'last' });
    expect(messages.map(({ data }) => data['text/plain'])).toEqual(['first', 'last']);
  });

  it('has an output of its own', () => {
    for (const slot of [createSlot(), createSlot()]) slot.show(() => ({ 'text/plain': '' }));
    expect(messages[0]?.displayId).not.toBe(messages[1]?.displayId);
    expect(messages[1]?.update).toBe(false);
  });
});
