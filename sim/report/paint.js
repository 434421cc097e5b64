// Colours of the theme, hatches, glyphs and the backing store of canvases.

let theme = {};

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const names = ['paper', 'panel', 'ink', 'muted', 'faint', 'line', 'accent', 'good', 'bad', 'warn',
    'past', 'future', 'lane', 'calm-a', 'calm-b', 'skew', 'grid', 'group-0', 'group-1', 'group-2',
    'group-3', 'fault', 'fault-back', ...fateNames];
  theme = Object.fromEntries(names.map((name) =>
    [name, style.getPropertyValue(`--${name}`).trim()]));
  theme.dark = matchMedia('(prefers-color-scheme: dark)').matches;
  theme.hatches = new Map();
  theme.states = new Map();
}

const font = (size, weight = 400) =>
  `${weight} ${size}px system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif`;

// The canvas in the screen's own pixels; all drawing is in CSS pixels.
function prepared(canvas) {
  const box = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(box.width));
  const height = Math.max(1, Math.round(box.height));
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext('2d');
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

// Nodes of one colour hold one state. Where all agree it is calm; elsewhere it is the colour of the
// lowest node that holds the state, so that the sides of a split keep theirs. Two shades of each
// take turns when the state changes.
function stateColor(id, leader, different) {
  if (different <= 1) return id % 2 === 0 ? theme['calm-a'] : theme['calm-b'];
  const name = leader * 2 + id % 2;
  let color = theme.states.get(name);
  if (!color) {
    const hue = leader < hues.length ? hues[leader] : (leader * 137.508 + 20) % 360;
    const light = (theme.dark ? 58 : 54) + (id % 2 === 0 ? 0 : theme.dark ? -8 : 9);
    color = `hsl(${hue.toFixed(0)} ${theme.dark ? 56 : 60}% ${light}%)`;
    theme.states.set(name, color);
  }
  return color;
}
const hues = [212, 28, 286, 336, 48, 190, 258, 8];

// The states of all nodes at the middle of each column of pixels, and the leader of each.
class Sampled {
  constructor({ states, agreement, stateCount }, from, step, columns, end) {
    const nodes = states.length;
    this.columns = Math.max(0, Math.min(columns, Math.ceil((end - from) / step)));
    this.all = columns;
    this.id = new Int32Array(nodes * columns).fill(-1);
    this.leader = new Uint16Array(nodes * columns);
    this.different = new Uint32Array(columns);
    states.forEach((track, node) => {
      let i = lastAtMost(track.at, from);
      for (let c = 0; c < this.columns; ++c) {
        const time = from + (c + 0.5) * step;
        while (i + 1 < track.at.length && track.at[i + 1] <= time) ++i;
        if (i >= 0 && time >= 0) this.id[node * columns + c] = track.id[i];
      }
    });
    const seenIn = new Int32Array(stateCount).fill(-1);
    const first = new Uint16Array(stateCount);
    for (let c = 0, i = Math.max(0, lastAtMost(agreement.at, from)); c < columns; ++c) {
      const time = from + (c + 0.5) * step;
      while (i + 1 < agreement.at.length && agreement.at[i + 1] <= time) ++i;
      this.different[c] = agreement.different[i];
      for (let node = 0; node < nodes; ++node) {
        const id = this.id[node * columns + c];
        if (id < 0) continue;
        if (seenIn[id] !== c) {
          seenIn[id] = c;
          first[id] = node;
        }
        this.leader[node * columns + c] = first[id];
      }
    }
  }

  // Calls draw(first column, last column + 1, colour) for each stretch of one colour.
  each(node, draw) {
    let begin = 0;
    let color = null;
    for (let c = 0; c <= this.columns; ++c) {
      const i = node * this.all + c;
      const next = c === this.columns || this.id[i] < 0 ? null
        : stateColor(this.id[i], this.leader[i], this.different[c]);
      if (next === color) continue;
      if (color) draw(begin, c, color);
      begin = c;
      color = next;
    }
  }
}

// Hatches tell the sides of a partition apart without colour: one direction each.
function hatch(context, group, color) {
  const key = `${group} ${color}`;
  let pattern = theme.hatches.get(key);
  if (pattern) return pattern;
  const tile = document.createElement('canvas');
  tile.width = 8;
  tile.height = 8;
  const pen = tile.getContext('2d');
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  pen.beginPath();
  const lines = [
    [[-2, 6, 2, 10], [-2, -2, 10, 10], [6, -2, 10, 2]],
    [[-2, 2, 2, -2], [-2, 10, 10, -2], [6, 10, 10, 6]],
    [[0, 4, 8, 4]],
    [[4, 0, 4, 8]],
  ][group % 4];
  for (const [x0, y0, x1, y1] of lines) {
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
  }
  pen.stroke();
  pattern = context.createPattern(tile, 'repeat');
  theme.hatches.set(key, pattern);
  return pattern;
}

// Marks of events: what a node did of itself is filled, what came to it is small.
const glyphs = {
  write(pen, x, y, r) { pen.arc(x, y, r * 1.15, 0, 7); },
  deliver(pen, x, y, r) { pen.arc(x, y, r * 0.6, 0, 7); },
  timer(pen, x, y, r) { pen.rect(x - 0.8, y - r, 1.6, 2 * r); },
  sync(pen, x, y, r) { pen.rect(x - r * 0.6, y - r * 0.6, r * 1.2, r * 1.2); },
  start(pen, x, y, r) {
    pen.moveTo(x - r, y - r * 1.2);
    pen.lineTo(x + r * 1.2, y);
    pen.lineTo(x - r, y + r * 1.2);
    pen.closePath();
  },
  stop(pen, x, y, r) {
    const a = r * 1.3;
    const b = r * 0.45;
    pen.moveTo(x - a, y - a + b);
    for (const [dx, dy] of [[b - a, -a], [0, -b], [a - b, -a], [a, b - a], [b, 0], [a, a - b],
      [a - b, a], [0, b], [b - a, a], [-a, a - b], [-b, 0]]) pen.lineTo(x + dx, y + dy);
    pen.closePath();
  },
  pause(pen, x, y, r) {
    pen.rect(x - r, y - r, r * 0.7, 2 * r);
    pen.rect(x + r * 0.3, y - r, r * 0.7, 2 * r);
  },
  diamond(pen, x, y, r) {
    pen.moveTo(x, y - r * 1.3);
    pen.lineTo(x + r * 1.3, y);
    pen.lineTo(x, y + r * 1.3);
    pen.lineTo(x - r * 1.3, y);
    pen.closePath();
  },
  past(pen, x, y, r) {
    pen.moveTo(x + r * 0.8, y - r * 1.1);
    pen.lineTo(x - r * 1.1, y);
    pen.lineTo(x + r * 0.8, y + r * 1.1);
    pen.closePath();
  },
  future(pen, x, y, r) {
    pen.moveTo(x - r * 0.8, y - r * 1.1);
    pen.lineTo(x + r * 1.1, y);
    pen.lineTo(x - r * 0.8, y + r * 1.1);
    pen.closePath();
  },
};
glyphs.persist = glyphs.sync;
glyphs.checkpoint = glyphs.sync;
glyphs.resume = glyphs.start;
glyphs.leave = glyphs.stop;
glyphs.violation = glyphs.diamond;
const glyphOf = (kind) => glyphs[kindOf(kind)] ?? glyphs.diamond;

// The end of a line that did not arrive, readable without its colour.
function lineEnd(pen, fate, x, y) {
  pen.beginPath();
  if (fate === 'dropped') {
    pen.moveTo(x - 3, y - 3);
    pen.lineTo(x + 3, y + 3);
    pen.moveTo(x + 3, y - 3);
    pen.lineTo(x - 3, y + 3);
  } else if (fate === 'cut') {
    pen.moveTo(x - 4, y);
    pen.lineTo(x + 4, y);
  } else {
    pen.arc(x, y, 2.6, 0, 7);
  }
  pen.stroke();
}

// Moments for an axis: the smallest round step that leaves `space` between labels.
function ticksOf(from, to, width, space) {
  const least = (to - from) * space / Math.max(width, 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  const step = [1, 2, 5, 10].map((n) => n * power).find((size) => size >= least) ?? 10 * power;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return { step, ticks };
}
