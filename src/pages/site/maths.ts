/** Formulas on the site: drawn by KaTeX when the site is built, so that a page needs no script for them. */
import katex from 'katex';

import { messageOf, UserError } from '../../system/errors';
import { unescapeHtml } from '../../system/escapeHtml';

/**
 * What is no text, to be passed over, or a formula. nbconvert leaves formulas as they were written, but for escaped
 * signs, and everything else that looks like markup is markup.
 */
const parts =
  /<(pre|code|script|style)\b[^]*?<\/\1>|<[^>]*>|\$\$([^$]+)\$\$|\$([^$]+)\$|(\\begin\{(\w+\*?)\}[^]*?\\end\{\5\})/g;

function draw(tex: string, displayMode: boolean, where: string): string {
  try {
    return katex.renderToString(unescapeHtml(tex), { displayMode, strict: 'error' });
  } catch (error) {
    throw new UserError(`${where}: KaTeX cannot draw $${tex}$: ${messageOf(error)}`);
  }
}

/** HTML with its formulas drawn. Throws UserError for one that KaTeX does not understand; `where` begins its line. Pure. */
export const drawFormulas = (html: string, where: string): string =>
  html.replace(
    parts,
    (whole, _tag, display?: string, inline?: string, environment?: string): string => {
      const block = display ?? environment;
      if (block !== undefined) return draw(block, true, where);
      return inline === undefined ? whole : draw(inline, false, where);
    },
  );
