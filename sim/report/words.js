// Numbers, times and elements. Text from a recording reaches the page through textContent or
// fillText only, never as HTML.

const second = 1e9;

// 4.2 s, 380 ms, 12 µs: three digits, in the unit that fits.
function durationText(ns) {
  const size = Math.abs(ns);
  const [unit, name] = size >= second ? [second, 's']
    : size >= 1e6 ? [1e6, 'ms'] : size >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  const value = ns / unit;
  if (name === 's' && size >= 120 * second) {
    const minutes = Math.floor(value / 60);
    return `${minutes} min ${Math.round(value - 60 * minutes)} s`;
  }
  const digits = Math.abs(value) >= 100 || name === 'ns' ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${name}`;
}

// A moment of the run, as exact as what can be seen: `step` is the smallest difference that counts.
function momentText(ns, step = 1e6) {
  const digits = step >= second ? 0 : Math.min(9, Math.ceil(-Math.log10(step / second) - 1e-9));
  return `${(ns / second).toFixed(digits)} s`;
}

function countText(n) {
  return Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

function manyText(n, one, many = `${one}s`) {
  return `${countText(n)} ${n === 1 ? one : many}`;
}

function bytesText(n) {
  if (n < 1000) return `${Math.round(n)} B`;
  for (const unit of ['kB', 'MB', 'GB']) {
    n /= 1000;
    if (n < 1000) return `${Number(n.toFixed(n < 10 ? 2 : n < 100 ? 1 : 0))} ${unit}`;
  }
  return `${countText(n)} TB`;
}

function ratioText(n) {
  return n >= 100 ? countText(n) : Number(n.toFixed(n >= 10 ? 1 : 2)).toString();
}

function clipped(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

// The index of the last item that is <= value; -1: none.
function lastAtMost(sorted, value, length = sorted.length) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1; else high = middle;
  }
  return low - 1;
}

// An element: properties, then children (elements, or text as text).
function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'on') {
      for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (name === 'chip') {
      element.style.setProperty('--chip', value);
    } else if (name.startsWith('aria-') || name === 'role' || name === 'colspan') {
      element.setAttribute(name, value);
    } else {
      element[name] = value;
    }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

const byId = (id) => document.getElementById(id);

function table(heads, rows) {
  const cell = (tag, value, head) =>
    el(tag, { className: head.startsWith('#') ? 'n' : '' }, value);
  return el('table', {},
    el('thead', {}, el('tr', {},
      heads.map((head) => cell('th', head.replace(/^#/, ''), head)))),
    el('tbody', {}, rows.map(({ cells, ...properties }) =>
      el('tr', properties, cells.map((value, i) => cell('td', value, heads[i]))))));
}

function facts(pairs) {
  return el('dl', { className: 'pair' }, pairs.filter((pair) => pair[1] !== null &&
    pair[1] !== undefined && pair[1] !== '').flatMap(([name, value, kind]) =>
    [el('dt', {}, name), el('dd', { className: kind ?? '' }, value)]));
}
