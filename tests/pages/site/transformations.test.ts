/** What happens to a notebook on its way to a page, step by step. */
import { describe, expect, it } from 'vitest';

import { figures } from '../../../src/figures/index';
import type { Cell } from '../../../src/jupyter/notebookFile';
import { plotlyMime } from '../../../src/notebook/figure';
import { openingOf, withBoxedTables, withSiteLinks } from '../../../src/pages/site/html';
import { drawFormulas } from '../../../src/pages/site/maths';
import { neighboursOf, outlineOf } from '../../../src/pages/site/outline';
import { notebookPage } from '../../../src/pages/site/pages';
import { putPlots, takePlots } from '../../../src/pages/site/plots';
import { foldSolutions } from '../../../src/pages/site/solutions';

const text = (name: string) => [{ output_type: 'stream', text: name }];

describe('solutions', () => {
  const code = 'function f(): number {\n  // BEGIN SOLUTION\n  return 42;\n  // END SOLUTION\n}';
  const stub = 'function f(): number {\n  // YOUR CODE HERE\n}';
  const exercise: Cell = {
    cell_type: 'code',
    id: 'a',
    metadata: { nbgrader: { solution: true, grade: false } },
    source: code.split(/(?<=\n)/),
    outputs: text('42'),
  };
  const check: Cell = {
    cell_type: 'code',
    metadata: { nbgrader: { solution: false, grade: true } },
    source: 'check(f)',
    outputs: text('right'),
  };
  const answer: Cell = {
    cell_type: 'markdown',
    metadata: { nbgrader: { solution: true, grade: true } },
    source: 'Because of *42*.',
  };
  const other: Cell = { cell_type: 'code', metadata: {}, source: 'x', outputs: text('x') };

  it('stand folded behind the place for an answer, without the lines that mark them', () => {
    const [place, solution, ...rest] = foldSolutions([exercise, check, answer, other]);
    expect(place).toMatchObject({ source: stub, outputs: [] });
    expect(place!.metadata.folded).toBeUndefined();
    expect(solution).toMatchObject({
      id: 'a-solution',
      metadata: { folded: 'Show a solution' },
      source: 'function f(): number {\n  return 42;\n}',
      outputs: text('42'),
    });
    expect(rest).toEqual([
      check,
      { ...answer, source: '*Your answer goes here.*' },
      { ...answer, metadata: { ...answer.metadata, folded: 'Show an answer' } },
      other,
    ]);
  });

  it('are gone if asked, with what they and their checks print', () => {
    const cells = foldSolutions([exercise, check, answer, other], { solutions: false });
    expect(JSON.stringify(cells)).not.toMatch(/42|right|SOLUTION/);
    expect(cells).toHaveLength(4);
    expect(cells[3]).toEqual(other);
  });

  it('are the whole cell where nothing is marked, and are known by the marks alone', () => {
    const whole = { ...exercise, source: 'return 42;' };
    expect(foldSolutions([whole])[0]!.source).toBe('// YOUR CODE HERE');
    expect(foldSolutions([{ ...exercise, metadata: {} }])[0]!.source).toBe(stub);
  });

  it('must not be half marked: what is left would be shown', () => {
    const half = { ...exercise, source: code.replace('  // END SOLUTION\n', '') };
    expect(() => foldSolutions([half])).toThrow('without END SOLUTION');
  });
});

describe('figures', () => {
  const plot = { data: [{ name: '</script>' }], layout: { width: 880, height: 520 }, config: {} };
  const output = {
    output_type: 'display_data',
    data: { [plotlyMime]: plot, 'image/png': 'AAEC', 'text/plain': 'figure: <b>A "title"</b>' },
    metadata: {},
  };
  const cell = (...outputs: Cell['outputs'] & object): Cell => ({
    cell_type: 'code',
    metadata: {},
    source: '',
    outputs,
  });

  it('leave a notebook, with nothing large in their place, and come back as picture and plot', () => {
    const { cells, plots } = takePlots([cell(output), cell(...text('x'), output)], 'fig');
    expect(plots.map(({ picture, alt }) => [picture, alt])).toEqual([
      ['fig-1.png', 'figure: A "title"'],
      ['fig-2.png', 'figure: A "title"'],
    ]);
    expect([...plots[0]!.png]).toEqual([0, 1, 2]);
    const left = JSON.stringify(cells);
    expect(left).not.toMatch(/AAEC|520/);
    const html = putPlots(String(cells[0]!.outputs![0]!.data!['text/html']), plots, '../pictures');
    expect(html).toContain('<img src="../pictures/fig-1.png" alt="figure: A &quot;title&quot;"');
    expect(html).toContain('role="img" aria-label="figure: A &quot;title&quot;"');
    expect(html).toContain('style="width:880px;height:520px"');
    const [, json] = /<script type="application\/json">([^]*?)<\/script>/.exec(html)!;
    expect(JSON.parse(json!)).toEqual(plot);
  });

  it('say what their metadata say; an output without a plot stays', () => {
    const told = { ...output, metadata: { 'image/png': { alt: 'Two curves fall.' } } };
    expect(takePlots([cell(told)], 'fig').plots[0]!.alt).toBe('Two curves fall.');
    const picture = cell({ output_type: 'display_data', data: { 'image/png': 'AAEC' } });
    expect(takePlots([picture], 'fig')).toEqual({ cells: [picture], plots: [] });
  });
});

describe('formulas', () => {
  const draw = (html: string): string => drawFormulas(html, 'notebooks/a.ipynb');

  it('are drawn in lines and in displays, with the signs that HTML escapes', () => {
    const html = draw('<p>so $a &lt; b$ and</p>\n$$\\frac{a}{b} &gt; 0$$');
    expect(html).not.toContain('$');
    expect(html.match(/class="katex"/g)).toHaveLength(2);
    expect(html.match(/class="katex-display"/g)).toHaveLength(1);
    expect(html).toContain('<annotation encoding="application/x-tex">a &lt; b</annotation>');
    expect(draw('\\begin{align}a &amp;= b\\end{align}')).toContain('katex-display');
  });

  it('are not looked for in code, scripts and attributes', () => {
    const html =
      '<code>$a$</code><pre>`${a} and ${b}`</pre><a href="?$a$">x</a><script>$a$</script><!-- $a$ -->';
    expect(draw(html)).toBe(html);
  });

  it('that KaTeX does not know are an error that names notebook and formula', () => {
    expect(() => draw('<p>$\\nosuch{a}$</p>')).toThrow(/notebooks\/a\.ipynb: .*\\nosuch\{a\}/);
  });
});

describe('links', () => {
  const notebooks = new Set(['fig04.ipynb', 'theory.ipynb', 'course/02.ipynb']);
  const links = (href: string, from = 'course/02.ipynb'): string =>
    withSiteLinks(`<a href="${href}">x</a>`, from, notebooks);

  it('lead from notebook to notebook, between folders too, with their anchors', () => {
    expect(links('../fig04.ipynb')).toBe('<a href="../fig04.html">x</a>');
    expect(links('02.ipynb#1.-Claim')).toBe('<a href="02.html#1.-Claim">x</a>');
    expect(links('course/02.ipynb', 'fig04.ipynb')).toBe('<a href="course/02.html">x</a>');
  });

  it('to elsewhere and inside a page stay; to what is not there they are text', () => {
    for (const href of ['https://arxiv.org/abs/1805.11604', '#1.-Claim', 'mailto:a@b.c']) {
      expect(links(href)).toBe(`<a href="${href}">x</a>`);
    }
    expect(links('../../data/README.md')).toBe('x');
    expect(links('../nosuch.ipynb')).toBe('x');
  });
});

it('boxes tables', () => {
  const table = '<table class="a">\n<tr></tr></table>';
  expect(
    withBoxedTables(`<p>${table}</p>${table}`).match(/<div class="scroll"><table/g),
  ).toHaveLength(2);
});

it('finds how a notebook begins', () => {
  const anchor = '<a class="anchor-link" href="#A">¶</a>';
  expect(
    openingOf(
      `<div><h1 id="A">A <em>b</em>${anchor}</h1><p>c</p><ul></ul><p>d</p><h2>e</h2></div>`,
    ),
  ).toEqual({ title: 'A <em>b</em>', lead: '<p>c</p><ul></ul>' });
  expect(openingOf('<div><h1>A</h1>\n<p>c</p>\n</div><p>d</p>').lead).toBe('<p>c</p>');
  expect(openingOf('<p>c</p>')).toEqual({ title: '', lead: '' });
});

describe('outline', () => {
  const names = ['00-start', 'claims', 'fig04-landscape', 'fig01-training-speed', 'mine', 'theory'];
  const all = [...names, 'course/01', 'course/02', 'course/03'].map((name) => `${name}.ipynb`);
  const outline = outlineOf(
    all,
    '[b](02.ipynb), [a](01.ipynb), [gone](04.ipynb), [c](../claims.ipynb)',
  );

  it('has every notebook once, in the order of reading', () => {
    expect(outline).toEqual({
      lessons: ['course/02.ipynb', 'course/01.ipynb', 'course/03.ipynb'],
      figures: [
        { number: 1, name: 'fig01-training-speed.ipynb', claim: figures[0]!.claim },
        { number: 4, name: 'fig04-landscape.ipynb', claim: figures[3]!.claim },
      ],
      others: ['00-start.ipynb', 'theory.ipynb', 'claims.ipynb', 'mine.ipynb'],
    });
  });

  it('leads through the lessons, and through all others', () => {
    const around = (name: string) => Object.values(neighboursOf(outline, `${name}.ipynb`));
    expect(around('course/02')).toEqual([undefined, 'course/01.ipynb']);
    expect(around('00-start')).toEqual([undefined, 'fig01-training-speed.ipynb']);
    expect(around('fig04-landscape')).toEqual(['fig01-training-speed.ipynb', 'theory.ipynb']);
    expect(around('mine')).toEqual(['claims.ipynb', undefined]);
  });
});

it('makes pages that load only what they need', () => {
  const page = (cells: string): string =>
    notebookPage(
      { name: 'course/02.ipynb', opening: { title: 'A &amp; <em>b</em>', lead: '' }, cells },
      { next: { name: 'course/03.ipynb', opening: { title: 'C: d', lead: '' }, cells: '' } },
    );
  const plain = page('<p>x</p>');
  expect(plain).toContain('<html lang="en">');
  expect(plain).toContain('<title>A &amp; b – bn-lab</title>');
  expect(plain).toContain('<a rel="next" href="03.html">C →</a>');
  expect(plain).toContain('href="../index.html"');
  expect(plain).not.toContain('rel="prev"');
  expect(plain).not.toMatch(/<script|katex/);
  const full = page('<figure class="plot"></figure><span class="katex"></span>');
  expect(full).toContain('<script defer src="../assets/plotly.min.js">');
  expect(full).toContain('href="../assets/katex/katex.min.css"');
});
