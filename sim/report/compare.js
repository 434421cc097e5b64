// Two runs: where they first differ, and by how much they differ in the end.

// What happened in an event, apart from what only numbers it.
function sameEvent(a, i, b, j) {
  return a.at[i] === b.at[j] && a.node[i] === b.node[j] && a.kind[i] === b.kind[j] &&
    a.textOf(i) === b.textOf(j);
}

// The first events that are not the same; null: the runs are equal.
function firstDifference([a, b]) {
  const shorter = Math.min(a.count, b.count);
  for (let i = 0; i < shorter; ++i) {
    if (!sameEvent(a, i, b, i)) return { index: i, at: Math.min(a.at[i], b.at[i]) };
  }
  if (a.count === b.count) return null;
  const longer = a.count > b.count ? a : b;
  return { index: shorter, at: longer.at[shorter] };
}

function comparePanel(app) {
  const [a, b] = app.runs;
  const parts = [];
  const { difference } = app;
  if (!difference) {
    parts.push(el('p', { id: 'first-difference' }, 'Event for event, the two runs are the same.'));
  } else {
    parts.push(el('h2', {}, 'The first difference'), el('div', { className: 'difference' },
      el('p', { id: 'first-difference' },
        `After ${manyText(difference.index, 'equal event')}, at `
        + `${momentText(difference.at, 1000)}.`),
      app.runs.map((run) => (difference.index < run.count
        ? el('div', { className: 'card' },
          el('h3', {}, run.label, ': ',
            jump(app, run.title(difference.index), run, difference.index)),
          el('div', { className: 'body mono' }, momentText(run.at[difference.index], 1000),
            run.effectsOf(difference.index).map((line) => el('div', {}, line))))
        : el('div', { className: 'card' }, `${run.label} is over.`)))));
  }
  const numbers = [];
  for (const [name, value] of Object.entries(a.outcome)) {
    const other = b.outcome[name];
    if (typeof value !== 'number' || typeof other !== 'number') continue;
    if (name === 'wall_seconds') continue;
    numbers.push({ className: value === other ? 'off' : '',
      cells: [name.replaceAll('_', ' '), numberText(value), numberText(other)] });
  }
  parts.push(el('h2', {}, 'In figures'), table(['', '#A', '#B'],
    [{ cells: ['verdict', a.outcome.verdict, b.outcome.verdict] },
      { cells: ['trace', clipped(String(a.outcome.trace_hash), 9),
        clipped(String(b.outcome.trace_hash), 9)] }, ...numbers]));
  return parts;
}

function numberText(value) {
  return Number.isInteger(value) ? countText(value) : value.toFixed(3);
}
