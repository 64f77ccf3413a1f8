/** Turns the picture of each figure into the figure itself when it comes into view. Without this script the pictures stay. */
'use strict';

(() => {
  const isTouched = window.matchMedia('(pointer: coarse)').matches;

  async function wake(figure) {
    const { data, layout, config } = JSON.parse(figure.querySelector('script').textContent);
    const live = document.createElement('div');
    live.className = 'live';
    figure.append(live);
    // A finger that drags would zoom, and could not move the page any more.
    const drag = isTouched ? { dragmode: false } : {};
    await window.Plotly.newPlot(
      live,
      data,
      { ...layout, ...drag },
      { ...config, displaylogo: false },
    );
    figure.classList.add('awake');
  }

  if (!window.Plotly) return;
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        void wake(target);
      }
    },
    { rootMargin: '400px' },
  );
  for (const figure of document.querySelectorAll('figure.plot')) observer.observe(figure);
})();
