/** From what nbconvert makes of a notebook to what stands on its page. */
import path from 'node:path';

/** The page of a notebook, both as paths inside the site and inside notebooks/. */
export const pageOf = (notebook: string): string => notebook.replace(/\.ipynb$/, '.html');

/** How a page names a file of the site. */
export const fromPage = (page: string, file: string): string =>
  path.posix.relative(path.posix.dirname(page), file);

const isElsewhere = (href: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(href);

/**
 * Links between notebooks lead to their pages; a link to what is not on the site becomes plain text. `notebooks` has the
 * names of all notebooks of the site. Pure.
 */
export function withSiteLinks(
  html: string,
  notebook: string,
  notebooks: ReadonlySet<string>,
): string {
  return html.replace(
    /<a\b([^>]*?)\shref="([^"]*)"([^>]*)>([^]*?)<\/a>/g,
    (whole, before: string, href: string, after: string, text: string) => {
      if (href.startsWith('#') || isElsewhere(href)) return whole;
      const [file = '', anchor] = href.split('#');
      const target = path.posix.join(path.posix.dirname(notebook), decodeURI(file));
      if (!notebooks.has(target)) return text;
      const to = fromPage(pageOf(notebook), pageOf(target)) + (anchor ? `#${anchor}` : '');
      return `<a${before} href="${to}"${after}>${text}</a>`;
    },
  );
}

/** A wide table scrolls in a box of its own, so that the page does not. Pure. */
export const withBoxedTables = (html: string): string =>
  html.replace(/<table\b[^]*?<\/table>/g, (table) => `<div class="scroll">${table}</div>`);

/** How a notebook begins. */
export interface Opening {
  /** Its first heading, as HTML. */
  title: string;
  /** What follows that, to the end of the first list, or else to the next heading or cell; as HTML. */
  lead: string;
}

/** The opening of a notebook, from its HTML; a notebook without a heading has the empty title. Pure. */
export function openingOf(html: string): Opening {
  const [, heading = '', lead = ''] =
    /<h1\b[^>]*>([^]*?)<\/h1>([^]*?)(?=<h[1-6]\b|<\/div>|$)/.exec(html) ?? [];
  return {
    title: heading.replace(/<a class="anchor-link"[^]*?<\/a>/, ''),
    lead: lead.replace(/(<\/ul>)[^]*/, '$1').trim(),
  };
}
