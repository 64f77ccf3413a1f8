import { describe, expect, it } from 'vitest';

import { loadDanfo, toDataFrame } from '../../src/notebook/dataFrame';
import { showTable } from '../../src/notebook/table';
import { collectMessages } from './kernelDouble';

describe('showTable', () => {
  const messages = collectMessages();
  const shown = (mime: string): string => messages[0]?.data[mime] as string;

  it('escapes what would be HTML', () => {
    showTable({ columns: ['<b>', '"q"'], rows: [['a & b', '<script>']] }, { caption: '1 < 2' });
    expect(shown('text/html')).not.toMatch(/<b>|<script>|1 < 2/);
    expect(shown('text/html')).toContain('&lt;script&gt;');
    expect(shown('text/html')).toContain('a &amp; b');
    expect(shown('text/html')).toContain('1 &lt; 2');
    expect(shown('text/plain')).toBe('1 < 2\n<b>    "q"\na & b  <script>');
  });

  it('rounds numbers, keeps whole ones, and aligns columns of numbers to the right', () => {
    showTable({
      columns: ['name', 'value'],
      rows: [
        ['a', 0.123456],
        ['b', 123456],
        ['c', NaN],
        ['d', null],
        ['e', -1.5e-7],
      ],
    });
    expect(shown('text/plain').split('\n')).toEqual([
      'name    value',
      'a      0.1235',
      'b      123456',
      'c         NaN',
      'd',
      'e     -1.5e-7',
    ]);
    expect(shown('text/html')).toContain('<td style="text-align:right">0.1235</td>');
    expect(shown('text/html')).toContain('<td style="text-align:left">a</td>');
  });

  it('shows the first and last rows of a long table and says how many it hides', () => {
    const rows = Array.from({ length: 100 }, (_, i) => [i]);
    showTable({ columns: ['i'], rows }, { maxRows: 5 });
    const lines = ['i', '0', '1', '2', '... 95 more rows ...', '98', '99'];
    expect(
      shown('text/plain')
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(lines);
    expect(shown('text/html').match(/<tr>/g)).toHaveLength(1 + 5 + 1);
  });

  it('shows a DataFrame with its index', () => {
    const rows = [
      [0, 2.5, 10],
      [20, 1.25, 11],
    ];
    const frame = toDataFrame({ columns: ['step', 'loss', 'n'], rows });
    expect(frame).toBeInstanceOf(loadDanfo().DataFrame);
    expect(frame.column('loss').mean()).toBe(1.875);
    showTable(frame);
    expect(shown('text/plain')).toBe('   step  loss   n\n0     0   2.5  10\n1    20  1.25  11');
  });

  it('shows a table without rows', () => {
    showTable(toDataFrame({ columns: ['step', 'loss'], rows: [] }));
    expect(shown('text/html')).toContain('loss');
  });
});
