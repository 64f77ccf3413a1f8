/** The frame of our HTML pages, and the style that they share. */
import { verdictClass, verdicts, verdictStyles } from '../claims/verdicts';
import { escapeHtml } from '../system/escapeHtml';

/** The verdicts' colours on one ground, as variables. */
const textColours = (ground: 'light' | 'dark'): string =>
  verdicts
    .map((verdict) => `--${verdictClass(verdict)}: ${verdictStyles[verdict].text[ground]};`)
    .join(' ');

/** Colours, tables, pictures and verdicts, light and dark. */
export const baseStyle = `
:root { color-scheme: light dark; --line: #8886; ${textColours('light')} }
@media (prefers-color-scheme: dark) { :root { ${textColours('dark')} } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 66rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: 1rem 0 2rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
img { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
.verdict { white-space: nowrap; font-weight: 600; }
${verdicts.map((verdict) => `.${verdictClass(verdict)} { color: var(--${verdictClass(verdict)}); }`).join(' ')}
.agrees, .disagrees { font-weight: 400; }
.note { font-size: .875rem; opacity: .85; }`;

export interface HtmlPage {
  /** As text. */
  title: string;
  /** What else stands in the head. Default: nothing. */
  head?: string;
  body: string;
}

/** A whole page. */
export const htmlPage = ({ title, head = '', body }: HtmlPage): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    // Browsers ask a server for an icon otherwise, and complain that there is none.
    `<title>${escapeHtml(title)}</title><link rel="icon" href="data:,">`,
    `${head}</head>`,
    `<body>`,
    body,
    '</body>',
    '</html>',
    '',
  ].join('\n');
