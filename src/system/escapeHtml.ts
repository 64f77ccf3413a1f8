/** Text in HTML. */
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const characters: Record<string, string> = {
  '&#39;': "'",
  ...Object.fromEntries(Object.entries(entities).map(([character, entity]) => [entity, character])),
};

/** Text as it has to be written in HTML and SVG. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => entities[character] ?? character);

/** The text that was written so. */
export const unescapeHtml = (html: string): string =>
  html.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? entity);

/** HTML without its markup, as text: for a title. */
export const plainText = (html: string): string =>
  unescapeHtml(html.replace(/<[^>]*>/g, '')).trim();
