/** What is on the site, and in which order it is read. */
import { figures as allFigures } from '../../figures/index';
import { galleryOthers } from '../gallery';

/** Names of notebooks, as `notebookNames` has them, in three parts. */
export interface Outline {
  lessons: string[];
  figures: { number: number; name: string; claim: string }[];
  others: string[];
}

/** Whether a notebook is to be read before the others: its name begins with a number. */
export const isFirst = (name: string): boolean => /^\d/.test(name);

/**
 * The outline of the given notebooks: lessons in the order in which `courseReadme` links to them, figures by number, then
 * what begins with a number, what the README's gallery has, and the rest. Each notebook is in it once. Pure.
 */
export function outlineOf(names: readonly string[], courseReadme: string): Outline {
  const linked = [...courseReadme.matchAll(/\]\(([^)/]+\.ipynb)\)/g)].map(
    ([, file]) => `course/${file}`,
  );
  const course = names.filter((name) => name.startsWith('course/'));
  const figures = allFigures
    .map(({ number, claim, notebook }) => ({ number, claim, name: `${notebook}.ipynb` }))
    .filter(({ name }) => names.includes(name));
  const rest = names.filter(
    (name) => !course.includes(name) && !figures.some((figure) => figure.name === name),
  );
  const known = galleryOthers.map(({ notebook }) => `${notebook}.ipynb`);
  return {
    lessons: inOrder(course, linked),
    figures,
    others: inOrder(rest, [...rest.filter(isFirst), ...known]),
  };
}

/** The names that are in `order` as they come there, then the others. */
const inOrder = (names: readonly string[], order: readonly string[]): string[] => [
  ...new Set([...order.filter((name) => names.includes(name)), ...names]),
];

/** The notebooks before and after each: the lessons are one way through, all others another. Pure. */
export function neighboursOf(
  { lessons, figures, others }: Outline,
  name: string,
): { previous?: string; next?: string } {
  const collection = [
    ...others.filter(isFirst),
    ...figures.map((figure) => figure.name),
    ...others.filter((other) => !isFirst(other)),
  ];
  const way = lessons.includes(name) ? lessons : collection;
  const at = way.indexOf(name);
  return { previous: way[at - 1], next: way[at + 1] };
}
