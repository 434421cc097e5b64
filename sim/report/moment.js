// The panel "Moment": what is chosen, and what every node holds at the cursor.

const keysShown = 60;

function chips(run, nodes, color) {
  const names = nodes.length > 8 ? [...nodes.slice(0, 7).map((n) => run.nodes[n]),
    `+${nodes.length - 7}`] : nodes.map((n) => run.nodes[n]);
  return el('span', { className: 'chips', title: nodes.map((n) => run.nodes[n]).join(' ') },
    names.map((name) => el('span', { className: 'chip', chip: color }, name)));
}

function jump(app, text, run, event) {
  return el('button', {
    type: 'button', className: 'jump',
    on: { click: () => app.choose({ run, event, message: -1 }, true) },
  }, text);
}

function eventCard(app, run, event) {
  const cone = app.cone;
  const cause = run.cause[event];
  const sends = run.sentBy(event);
  const m = run.messages;
  const lines = run.effectsOf(event);
  return el('div', { className: 'card', id: 'chosen' },
    el('h3', {}, `${run.nodes[run.node[event]]}: ${run.headingOf(event)}`),
    el('div', { className: 'body mono' }, lines.map((line) => el('div', {}, line))),
    facts([
      ['at', momentText(run.at[event], 1000)],
      ['received from', cause >= 0
        ? el('span', {}, jump(app,
          `${run.nodes[run.node[cause]]} at ${momentText(run.at[cause], 1e5)}`, run, cause),
          `, ${durationText(run.at[event] - run.at[cause])} under way`) : null],
      ['sent', sends.length === 0 ? null : el('span', {},
        [...sends].slice(0, 12).flatMap((i, k) => [
        k > 0 ? ', ' : '', el('button', {
          type: 'button', className: 'jump',
          on: { click: () => app.choose({ run, event: -1, message: i }) },
        }, `to ${run.nodes[m.to[i]]} ${fateNames[m.fate[i]]}`)]),
      sends.length > 12 ? ` and ${sends.length - 12} more` : '')],
      ['past', cone ? manyText(cone.pastCount, 'event') : null, 'past'],
      ['future', cone ? manyText(cone.futureCount, 'event') : null, 'future'],
      ['concurrent', cone
        ? manyText(run.count - 1 - cone.pastCount - cone.futureCount, 'event') : null],
    ]));
}

function messageCard(app, run, message) {
  const m = run.messages;
  const fate = fateNames[m.fate[message]];
  return el('div', { className: 'card', id: 'chosen' },
    el('h3', {}, `${run.nodes[m.from[message]]} → ${run.nodes[m.to[message]]}: `
      + `${m.kindName(message)}, ${fate}`),
    el('div', { className: 'body mono' }, m.textOf(message)),
    facts([
      ['sent', jump(app, momentText(m.sent[message], 1000), run, m.event[message])],
      [m.arrival[message] >= 0 ? 'arrived' : 'ended', m.arrival[message] >= 0
        ? el('span', {}, jump(app, momentText(m.end[message], 1000), run, m.arrival[message]),
          `, after ${durationText(m.end[message] - m.sent[message])}`)
        : fateMeaning[fate]],
      ['by', m.faultOf(message)],
      ['size', m.bytes[message] > 0 ? bytesText(m.bytes[message]) : null],
      ['past', app.cone ? manyText(app.cone.pastCount, 'event') : null, 'past'],
      ['future', app.cone ? manyText(app.cone.futureCount, 'event') : null, 'future'],
    ]));
}

// What each key reads at the moment, by value: who reads what.
function groupsAt(run, key, time) {
  const groups = new Map();
  run.nodes.forEach((_, node) => {
    const gap = run.gapAt(node, time);
    const value = gap?.kind === 'down' ? null : run.valueAt(key, node, time) ?? '';
    if (!groups.has(value)) groups.set(value, []);
    groups.get(value).push(node);
  });
  return groups;
}

function keyRow(app, run, key, groups, different) {
  const held = run.heldAt(key, app.look.cursor);
  const row = el('div', {
    className: different > 1 ? 'key differs' : 'key', data: { on: String(app.look.key === key) },
  }, el('button', {
    type: 'button', title: 'Colour the lanes by this key',
    on: { click: () => app.colourBy(app.look.key === key ? null : key) },
  }, key, el('i', {}, different > 1 ? `≠ ${different} values` : '= equal')));
  for (const [value, nodes] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    const none = value === null ? 'down' : value === '' ? 'nothing' : null;
    row.append(el('div', { className: 'value' },
      el('code', { className: none ? 'none' : '' }, none ?? value),
      chips(run, nodes, held.color(nodes[0]))));
  }
  return row;
}

function valuesList(app, run) {
  const time = app.look.cursor;
  const wanted = app.valueFilter.toLowerCase();
  const rows = [];
  for (const key of run.keys.keys()) {
    if (wanted && !key.toLowerCase().includes(wanted)) continue;
    const groups = groupsAt(run, key, time);
    const different = groups.size - (groups.has(null) ? 1 : 0);
    if (app.onlyDifferent && different <= 1) continue;
    rows.push({ key, groups, different });
  }
  rows.sort((a, b) => (b.different > 1) - (a.different > 1));
  const list = el('div', { id: 'values' },
    rows.slice(0, keysShown).map(({ key, groups, different }) =>
      keyRow(app, run, key, groups, different)));
  if (rows.length > keysShown) {
    list.append(el('p', { className: 'note' }, `and ${rows.length - keysShown} more: filter them`));
  }
  if (rows.length === 0) {
    list.append(el('p', { className: 'note' }, run.keys.size === 0
      ? 'This recording has no values.' : 'No key is like that at this moment.'));
  }
  return list;
}

function nodesTable(app, run) {
  const time = app.look.cursor;
  const held = run.heldAt(null, time);
  const shown = Math.min(run.nodes.length, 24);
  return table(['node', 'is', 'state', '#wall clock'], Array.from({ length: shown }, (_, node) => {
    const gap = run.gapAt(node, time);
    const id = held.ids[node];
    const skew = run.skewAt(node, time);
    return {
      cells: [run.nodes[node], gap ? gap.word : 'up',
        id < 0 || gap?.kind === 'down' ? '' : el('span', {
          className: 'chip mono', chip: held.color(node),
        }, run.stateNames[id] ?? `${id}`),
        skew === null ? '' : `${skew >= 0 ? '+' : '−'}${durationText(Math.abs(skew))}`],
      className: gap ? 'off' : '',
    };
  }));
}

function momentPanel(app) {
  const { selection } = app.look;
  const parts = [];
  const run = selection?.run ?? app.runs[0];
  const step = (app.view.to - app.view.from) / 2000;
  parts.push(el('div', { className: 'clock' },
    el('button', {
      type: 'button', title: 'Event before (←)', on: { click: () => app.step(-1) },
    }, '‹'),
    el('span', { id: 'moment' }, momentText(app.look.cursor, Math.min(1e6, step))),
    el('button', {
      type: 'button', title: 'Next event (→)', on: { click: () => app.step(1) },
    }, '›')));
  if (selection?.event >= 0) parts.push(eventCard(app, run, selection.event));
  else if (selection?.message >= 0) parts.push(messageCard(app, run, selection.message));
  else if (app.look.fault) parts.push(faultCard(app, app.look.fault));
  else {
    parts.push(el('p', { className: 'note' },
      'Click an event or a message for its details, its past and its future.'));
  }
  const filter = el('input', {
    type: 'search', placeholder: 'filter keys', value: app.valueFilter, id: 'value-filter',
    'aria-label': 'Filter keys',
    on: { input: (event) => { app.valueFilter = event.target.value; app.refreshValues(); } },
  });
  const only = el('input', {
    type: 'checkbox', checked: app.onlyDifferent, id: 'only-different',
    on: { change: (event) => { app.onlyDifferent = event.target.checked; app.refreshValues(); } },
  });
  parts.push(el('h2', {}, 'What each node reads'),
    el('div', { className: 'filter' }, filter, el('label', {}, only, ' only where they differ')));
  for (const one of app.runs) {
    if (one.label) parts.push(el('h2', {}, one.label));
    parts.push(valuesList(app, one));
    parts.push(el('h2', {}, 'Nodes'), nodesTable(app, one));
  }
  return parts;
}

function faultCard(app, fault) {
  return el('div', { className: 'card', id: 'chosen' }, el('h3', {}, fault.label),
    facts([['from', momentText(fault.from, 1e5)], ['to', momentText(fault.to, 1e5)],
      ['lasts', durationText(fault.to - fault.from)]]));
}
