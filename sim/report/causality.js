// What happened before what. An event has at most two direct causes: the one before it on its node,
// and the one that sent what it received. Each question is one pass over the columns.

// 1 for every event that could have influenced `event`; itself included.
function pastOf(run, event) {
  const marked = new Uint8Array(run.count);
  if (event < 0) return marked;
  marked[event] = 1;
  for (let i = event; i >= 0; --i) {
    if (!marked[i]) continue;
    if (run.before[i] >= 0) marked[run.before[i]] = 1;
    if (run.cause[i] >= 0) marked[run.cause[i]] = 1;
  }
  return marked;
}

// 1 for every event that any of the marked ones could have influenced; themselves included.
function futureOf(run, marked) {
  const reached = marked.slice();
  for (let i = 0; i < run.count; ++i) {
    if (reached[i]) continue;
    const before = run.before[i];
    const cause = run.cause[i];
    if ((before >= 0 && reached[before]) || (cause >= 0 && reached[cause])) reached[i] = 1;
  }
  return reached;
}

// 1 for every event that has a marked one strictly in its past.
function precededBy(run, marked) {
  const reached = new Uint8Array(run.count);
  for (let i = 0; i < run.count; ++i) {
    for (const cause of [run.before[i], run.cause[i]]) {
      if (cause >= 0 && (marked[cause] || reached[cause])) reached[i] = 1;
    }
  }
  return reached;
}

// 1 for every event that has a marked one strictly in its future.
function followedBy(run, marked) {
  const reached = new Uint8Array(run.count);
  for (let i = run.count - 1; i >= 0; --i) {
    if (!marked[i] && !reached[i]) continue;
    for (const cause of [run.before[i], run.cause[i]]) if (cause >= 0) reached[cause] = 1;
  }
  return reached;
}

// The cone of a selection: past and future of an event, or of a message (its sending and what its
// arrival led to).
function coneOf(run, selection) {
  const first = selection.event >= 0 ? selection.event : run.messages.event[selection.message];
  const last = selection.event >= 0 ? selection.event : run.messages.arrival[selection.message];
  const start = new Uint8Array(run.count);
  if (last >= 0) start[last] = 1;
  const cone = { past: pastOf(run, first), future: futureOf(run, start), first, last };
  const count = (marks) => marks.reduce((sum, one) => sum + one, 0);
  cone.pastCount = count(cone.past) - (selection.event >= 0 ? 1 : 0);
  cone.futureCount = count(cone.future) - (selection.event >= 0 ? 1 : 0);
  return cone;
}
