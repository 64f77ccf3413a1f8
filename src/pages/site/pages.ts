/** The pages of the site: one for each notebook, and one that leads to them. */
import type { Claim } from '../../claims/claim';
import { verdictClass, verdictCounts, verdictStyles } from '../../claims/verdicts';
import { defaultPreset } from '../../config/presets';
import { figureName } from '../../drawing/figure';
import { escapeHtml, plainText } from '../../system/escapeHtml';
import { isOfFigure } from '../gallery';
import { htmlPage } from '../htmlPage';
import { fromPage, type Opening, pageOf } from './html';
import { isFirst, type Outline } from './outline';

/** Where the site has what its pages share. */
export const assetFiles = {
  style: 'assets/site.css',
  formulas: 'assets/katex/katex.min.css',
  plotly: 'assets/plotly.min.js',
  wake: 'assets/wake.js',
};
/** Where the site has the pictures that stand for the figures of notebooks until those wake. */
export const plotsFolder = 'assets/plots';
/** Where the site has the small picture of a figure of the paper. */
export const thumbnailOf = (number: number): string =>
  `assets/thumbnails/${figureName(number)}.png`;

/** A notebook that is ready to be a page. */
export interface SiteNotebook {
  /** As `notebookNames` has it. */
  name: string;
  opening: Opening;
  /** Its cells as HTML. */
  cells: string;
}

const paperTitle = 'How Does Batch Normalization Help Optimization?';
const hasFormulas = (html: string): boolean => html.includes('class="katex"');
const hasPlots = (html: string): boolean => html.includes('class="plot"');

/** The head of a page: only what it needs. */
function headOf(page: string, body: string): string {
  const styles = [assetFiles.style, ...(hasFormulas(body) ? [assetFiles.formulas] : [])];
  const scripts = hasPlots(body) ? [assetFiles.plotly, assetFiles.wake] : [];
  return [
    '<meta name="color-scheme" content="light dark">',
    ...styles.map((file) => `<link rel="stylesheet" href="${fromPage(page, file)}">`),
    ...scripts.map((file) => `<script defer src="${fromPage(page, file)}"></script>`),
  ].join('');
}

const sitePage = (page: string, title: string, body: string): string =>
  htmlPage({ title, head: headOf(page, body), body });

/** `Figure 4` of `Figure 4: the optimisation landscape`: a title as a signpost. */
const shortTitle = ({ title }: Opening): string =>
  /^[^:?]*\??/.exec(plainText(title))?.[0] ?? title;

/** The page of a notebook. Pure. */
export function notebookPage(
  { name, opening, cells }: SiteNotebook,
  { previous, next }: { previous?: SiteNotebook; next?: SiteNotebook },
): string {
  const page = pageOf(name);
  const turn = (
    to: SiteNotebook | undefined,
    rel: 'prev' | 'next',
    label: (opening: Opening) => string,
  ): string => {
    if (!to) return '';
    const text = escapeHtml(label(to.opening));
    const arrowed = rel === 'prev' ? `← ${text}` : `${text} →`;
    return `<a rel="${rel}" href="${fromPage(page, pageOf(to.name))}">${arrowed}</a>`;
  };
  const turns = (label: (opening: Opening) => string): string =>
    `<span class="turns">${turn(previous, 'prev', label)}${turn(next, 'next', label)}</span>`;
  const body = [
    '<a class="skip" href="#content">Skip to the notebook</a>',
    `<header><nav aria-label="Notebooks"><a href="${fromPage(page, 'index.html')}">All notebooks</a>${turns(shortTitle)}</nav></header>`,
    `<main id="content" class="notebook">${cells}</main>`,
    `<footer><nav aria-label="Before and after">${turns(({ title }) => plainText(title))}</nav>`,
    `<p class="note">Made from <code>notebooks/${escapeHtml(name)}</code> as it is stored. To change and run it: <code>npm run lab</code>.</p></footer>`,
  ];
  return sitePage(page, `${plainText(opening.title) || name} – bn-lab`, body.join('\n'));
}

/** Verdicts with their words: `✓ 4 hold`. */
const verdictsHtml = (rows: readonly Claim[]): string =>
  verdictCounts(rows)
    .map(
      ({ verdict, mark, words }) =>
        `<span class="verdict ${verdictClass(verdict)}">${mark} ${words}</span>`,
    )
    .join(' ');

/** What the index shows beside the notebooks themselves. */
export interface IndexExtras {
  /** The verdicts at preset quick. */
  claims: readonly Claim[];
  /** Numbers of the figures of which there is a picture. */
  pictured: ReadonlySet<number>;
}

/** The page that leads to all others. Pure. */
export function indexPage(
  outline: Outline,
  notebooks: ReadonlyMap<string, SiteNotebook>,
  { claims, pictured }: IndexExtras,
): string {
  const link = (name: string, text: string): string => `<a href="${pageOf(name)}">${text}</a>`;
  const entry = (name: string): string => {
    const { title, lead } = notebooks.get(name)!.opening;
    return `<article><h3>${link(name, title || name)}</h3>${lead}</article>`;
  };
  const figure = ({ number, name, claim }: Outline['figures'][number]): string => {
    const verdicts = verdictsHtml(claims.filter(isOfFigure(number)));
    // The heading's link is the one for the keyboard and for who listens; this one is for the pointer.
    const picture = pictured.has(number)
      ? `<a class="thumbnail" href="${pageOf(name)}" tabindex="-1" aria-hidden="true"><img src="${thumbnailOf(number)}" alt="" loading="lazy"></a>`
      : '';
    const { title } = notebooks.get(name)!.opening;
    return `<article>${picture}<h3>${link(name, title || name)}</h3><p>${escapeHtml(claim)}</p><p class="verdicts">${verdicts}</p></article>`;
  };
  const section = (id: string, heading: string, about: string, articles: string[]): string =>
    articles.length
      ? `<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${heading}</h2>${about}<div class="cards">${articles.join('\n')}</div></section>`
      : '';
  const seeds = new Set(claims.flatMap((claim) => claim.seeds)).size;
  const legend = claims.length
    ? `<p>The verdicts are on what the paper says of each figure, at preset <code>${defaultPreset}</code>, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}: ${verdictStyles.holds.mark} it holds, ${verdictStyles.fails.mark} it fails, ${verdictStyles.undecided.mark} undecided, ${verdictStyles.agrees.mark} and ${verdictStyles.disagrees.mark} one run agrees or disagrees, which is no verdict, ${verdictStyles['not measured'].mark} not measured.</p>`
    : '';
  const body = [
    '<a class="skip" href="#content">Skip to the notebooks</a>',
    '<main id="content" class="index">',
    `<h1>${paperTitle}</h1>`,
    '<p>The paper of Santurkar, Tsipras, Ilyas and Madry (NeurIPS 2018), reproduced figure by figure in notebooks: real training on real CIFAR-10, with seeds, intervals and a verdict for each statement of the paper, also where it fails. ' +
      'These pages are the notebooks as they are stored, with figures to zoom into and sliders to move; nothing needs to be installed to read them.</p>',
    ...outline.others
      .filter(isFirst)
      .map((name) => `<p>${link(name, notebooks.get(name)!.opening.title || name)}</p>`),
    section('course', 'The course', '', outline.lessons.map(entry)),
    section('figures', 'The figures', legend, outline.figures.map(figure)),
    section('more', 'Beside the figures', '', outline.others.map(entry)),
    '</main>',
    '<footer><p class="note">Made by <code>npx bn-lab site</code>.</p></footer>',
  ];
  return sitePage('index.html', `${paperTitle} Notebooks`, body.join('\n'));
}
