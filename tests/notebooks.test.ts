import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { figures } from '../src/figures/index';
import { notebookNames } from '../src/jupyter/notebooks';
import { projectRoot } from '../src/system/paths';

interface Cell {
  cell_type: 'markdown' | 'code';
  id: string;
  metadata: { tags?: string[]; nbgrader?: { grade: boolean; points?: number } };
  source: string | string[];
  outputs?: { data?: Record<string, unknown> }[];
}

interface Notebook {
  cells: Cell[];
  metadata: { kernelspec: { name: string }; language_info: { name: string } };
  nbformat: number;
  nbformat_minor: number;
}

const folder = path.join(projectRoot, 'notebooks');
const all = notebookNames();
const lessons = all.filter((name) => name.startsWith('course/'));
const names = all.filter((name) => !lessons.includes(name));
const figureNames = names.filter((name) => name.startsWith('fig'));

const read = (name: string): Notebook =>
  JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as Notebook;
const text = ({ source }: Cell): string => [source].flat().join('');
const codeOf = ({ cells }: Notebook): Cell[] => cells.filter((cell) => cell.cell_type === 'code');

/** Headings of one level, of markdown only: a line of code may begin with the same sign. */
const headings = ({ cells }: Notebook, level: '#' | '##'): string[] =>
  cells
    .filter((cell) => cell.cell_type === 'markdown')
    .flatMap((cell) => text(cell).split('\n'))
    .filter((line) => line.startsWith(`${level} `))
    .map((line) => line.slice(level.length + 1));

/** The same eight parts in every notebook of a figure. */
const parts = [
  'The claim',
  'Set-up',
  'Run, or load',
  'The figure',
  'The check',
  'One step by hand',
  'Exercises',
  'References',
].map((part, i) => `${i + 1}. ${part}`);

const longestCell = 25;
const longestHelper = 15;
/** Bytes of a picture, a figure or a table as it stands in the file: a notebook is kept in git and shown by GitHub. */
const largestOutput = 200_000;

/** Lines of each function that a cell declares: its first line, those that are indented, and the one that closes it. */
function helperLengths(code: string): number[] {
  const lines = code.split('\n');
  return lines.flatMap((line, from) => {
    if (!/^(async )?function |^const \w+ = (async )?\(.*\) =>( [{(])?$/.test(line)) return [];
    const end = lines.findIndex((other, i) => i > from && !/^\s/.test(other));
    if (end < 0) return [lines.length - from];
    return [end - from + (/^[})]/.test(lines[end]!) ? 1 : 0)];
  });
}

describe.each(all)('%s', (name) => {
  const notebook = read(name);
  const { cells } = notebook;
  const code = codeOf(notebook);

  it('is for the kernel of this project, in a format with cell ids', () => {
    expect(notebook.metadata.kernelspec.name).toBe('tslab');
    expect(notebook.metadata.language_info.name).toBe('typescript');
    expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5]);
  });

  it('has ids that are there once each', () => {
    const ids = cells.map(({ id }) => id);
    expect(ids.every((id) => /^[a-zA-Z0-9_-]{1,64}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('introduces every code cell by a sentence', () => {
    cells.forEach((cell, i) => {
      // The check of an exercise follows its answer.
      if (cell.cell_type !== 'code' || cell.metadata.nbgrader?.grade) return;
      const before = cells[i - 1];
      expect(before?.cell_type, text(cell)).toBe('markdown');
      const last = text(before!).trimEnd().split('\n').at(-1)!;
      expect(last, text(cell)).toMatch(/^[^#].*[.:?]\)?$/);
    });
  });

  it('keeps code cells and their helpers short', () => {
    for (const cell of code) {
      expect(text(cell).split('\n').length, text(cell)).toBeLessThanOrEqual(longestCell);
      expect(Math.max(0, ...helperLengths(text(cell))), text(cell)).toBeLessThanOrEqual(
        longestHelper,
      );
    }
  });

  it('has no cell that is empty, and none that writes to where it was made', () => {
    for (const cell of cells) {
      expect(text(cell).trim()).not.toBe('');
      expect(text(cell)).not.toMatch(/\/(home|root|tmp|work)\//);
    }
  });

  it('keeps its outputs small', () => {
    for (const cell of code)
      for (const { data = {} } of cell.outputs ?? [])
        for (const value of Object.values(data))
          expect(JSON.stringify(value).length, text(cell)).toBeLessThanOrEqual(largestOutput);
  });
});

describe.each(names)('%s, of the collection', (name) => {
  const notebook = read(name);
  const { cells } = notebook;
  const code = codeOf(notebook);

  it('has one title, at its start, and eight numbered parts', () => {
    expect(headings(notebook, '#')).toHaveLength(1);
    expect(text(cells[0]!)).toMatch(/^# \S/);
    const found = headings(notebook, '##');
    expect(found.map((heading) => parseInt(heading))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(found.slice(6)).toEqual(parts.slice(6));
  });

  it('sets up with one import, then parameters that can be replaced', () => {
    expect(text(code[0]!)).toBe("import * as bn from 'bn-lab';");
    expect(code.slice(1).filter((cell) => /^import /m.test(text(cell)))).toEqual([]);
    const tagged = cells.filter(({ metadata }) => metadata.tags?.includes('parameters'));
    expect(tagged).toHaveLength(1);
    expect(tagged[0]!.cell_type).toBe('code');
    expect(text(tagged[0]!)).toMatch(
      /bn\.parameters\(\{ (figure: \d+, preset: 'quick'|preset: 'quick', seeds: \[0\])/,
    );
  });
});

describe.each(lessons)('%s, of the course', (name) => {
  const notebook = read(name);

  it('has one title, numbered parts, goals at its start and references at its end', () => {
    expect(headings(notebook, '#')).toEqual([
      expect.stringMatching(new RegExp(`^Lesson ${Number(/\d+/.exec(name)![0])}: `)),
    ]);
    const found = headings(notebook, '##');
    expect(found.map((heading) => parseInt(heading))).toEqual(found.map((_, i) => i + 1));
    expect(found.at(-1)).toMatch(/^\d+\. References$/);
    expect(text(notebook.cells[0]!)).toMatch(/^\*About \d+ minutes\. You need [^]*you can\n\n- /m);
  });

  it('leads to the next lesson, and is in the outline', () => {
    const last = text(notebook.cells.at(-1)!);
    const next = lessons[lessons.indexOf(name) + 1];
    expect(last.includes('**Next:**')).toBe(next !== undefined);
    if (next) expect(last).toContain(`(${path.basename(next)})`);
    const outline = fs.readFileSync(path.join(folder, 'course', 'README.md'), 'utf8');
    expect(outline).toContain(`(${path.basename(name)})`);
  });

  it('is worth as many points as the outline says', () => {
    const points = notebook.cells.map(({ metadata }) => metadata.nbgrader?.points ?? 0);
    const outline = fs.readFileSync(path.join(folder, 'course', 'README.md'), 'utf8');
    const row = outline.split('\n').find((line) => line.includes(`(${path.basename(name)})`));
    const shown = row!.split('|').map((cell) => cell.trim());
    expect(shown.at(-2)).toBe(String(points.reduce((sum, each) => sum + each, 0)));
  });
});

describe.each(figureNames)('%s, of a figure', (name) => {
  const notebook = read(name);
  const number = Number(name.slice(3, 5));
  const { ours = false } = figures.find((figure) => figure.number === number) ?? {};
  const code = codeOf(notebook).map(text).join('\n');

  it('has the parts of all notebooks of figures', () => {
    expect(headings(notebook, '##')).toEqual(parts);
  });

  it('is about the figure that its name says', () => {
    expect(headings(notebook, '#')[0]).toMatch(
      new RegExp(`^Figure ${number}${ours ? ' \\(ours\\)' : ''}: `),
    );
    expect(code).toContain(`const figure = bn.figure(${number});`);
    expect(figures.map((figure) => figure.number)).toContain(number);
  });

  it('says where in the paper it belongs and how long it takes', () => {
    const line = text(notebook.cells[0]!).split('\n')[2];
    expect(line).toMatch(ours ? /^\*Not in the paper\. / : /^\*Paper: .*Figure \d+, page \d+/);
    expect(line).toMatch(/minutes? .*on two CPU cores.*\*$/);
  });

  it('loads or runs, draws and shows the verdicts before anything needs TensorFlow', () => {
    expect(code).toContain(`bn.parameters({ figure: ${number}, preset: 'quick', retrain: false })`);
    const places = [
      'bn.runsOf(figure,',
      'bn.showFigure(figure.draw(runs,',
      'bn.showClaims(',
      // The deep linear network needs none.
      code.includes('bn.deepLinearStart(') ? 'bn.deepLinearStart(' : 'await bn.ready(preset);',
    ].map((call) => code.indexOf(call));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('has references', () => {
    const cell = notebook.cells.find((each) => text(each).startsWith('## 8. References'));
    const references = text(cell!)
      .split('\n')
      .filter((line) => line.startsWith('- '));
    expect(references.length).toBeGreaterThan(0);
  });
});

it('has a notebook to begin with', () => {
  expect(names).toContain('00-start.ipynb');
});
