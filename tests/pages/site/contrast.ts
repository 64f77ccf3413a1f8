/** Whether text can be read on its ground. Runs in the page, and so is one function without anything around it. */

/** What has less contrast than WCAG 2 asks for (4.5), each with its colours. */
export function poorlyReadable(): string[] {
  /** Relative luminance, as WCAG has it. */
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = (/\d+, \d+, \d+/.exec(colour)?.[0] ?? '0, 0, 0')
      .split(', ')
      .map((text) => Number(text) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element: Element | null): string => {
    if (!element) return 'rgb(255, 255, 255)';
    const colour = getComputedStyle(element).backgroundColor;
    return colour.startsWith('rgba') ? groundOf(element.parentElement) : colour;
  };
  const selector =
    'p, li, a:not(.anchor-link, .thumbnail), td, th, code, pre, pre span, .verdict, summary';
  return Array.from(document.querySelectorAll(selector)).flatMap((element) => {
    const colours = [getComputedStyle(element).color, groundOf(element)];
    const [high = 0, low = 0] = colours.map(luminance).sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05) < 4.5
      ? [`${element.outerHTML.slice(0, 80)} ${colours.join(' on ')}`]
      : [];
  });
}
