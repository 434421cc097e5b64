// The lanes: one run in one box of the canvas, time from left to right, a lane for each node. Only
// what lies in the window is drawn. Where it would be too much to read, lines become a sample (the
// status says which) and marks become a profile of how much happened.

const gutter = 84;         // names of nodes
const axisHeight = 22;
const linesMax = 2400;     // messages drawn; more are sampled
const coneLinesMax = 800;  // of these, of a past or a future
const marksMax = 3000;     // events drawn as marks; more become a profile

// What of the box belongs to what.
function layoutOf(run, box, scroll) {
  const count = run.nodes.length;
  const rows = Math.min(run.faultRows, 5);
  const strip = rows === 0 ? 0 : rows * 16 + 6;
  const top = box.y + axisHeight + strip;
  const height = Math.max(10, box.y + box.h - top - 6);
  const row = Math.max(count > 60 ? 9 : 13, height / count);
  const overflow = Math.max(0, row * count - height);
  return {
    box, strip, rows, top, height, row, overflow, scroll: Math.min(scroll, overflow),
    left: box.x + gutter, width: Math.max(10, box.w - gutter - 10),
    bar: Math.max(3, Math.min(15, row * 0.26)),
    y(node) { return this.top + row * (node + 0.5) - this.scroll; },
  };
}

class Lanes {
  constructor(run, view) {
    this.run = run;
    this.view = view;
  }

  x(time) {
    const { from, to } = this.view;
    return this.place.left + (time - from) / (to - from) * this.place.width;
  }

  time(x) {
    const { from, to } = this.view;
    return from + (x - this.place.left) / this.place.width * (to - from);
  }

  // Returns what was left out, for the status line.
  draw(pen, box, look) {
    this.pen = pen;
    this.look = look;
    this.place = layoutOf(this.run, box, look.scroll);
    const { place } = this;
    this.#grid();
    pen.save();
    pen.beginPath();
    pen.rect(place.left - 1, box.y + axisHeight, place.width + 2, box.h - axisHeight);
    pen.clip();
    this.#faultStrip();
    pen.beginPath();
    pen.rect(place.left - 1, place.top - 2, place.width + 2, place.height + 8);
    pen.clip();
    this.#partitions();
    this.#skews();
    this.#bars();
    const lines = this.#messages();
    const marks = this.#events();
    this.#phases();
    this.#cursor();
    pen.restore();
    this.#gutter();
    return { lines, marks };
  }

  visibleNodes() {
    const { place } = this;
    const first = Math.max(0, Math.floor(place.scroll / place.row));
    const last = Math.min(this.run.nodes.length - 1,
      Math.ceil((place.scroll + place.height) / place.row));
    return [first, last];
  }

  #grid() {
    const { pen, place, view } = this;
    const { step, ticks } = ticksOf(view.from, view.to, place.width, 92);
    pen.font = font(11);
    pen.textBaseline = 'middle';
    pen.textAlign = 'center';
    for (const tick of ticks) {
      const x = Math.round(this.x(tick)) + 0.5;
      pen.fillStyle = theme.grid;
      pen.fillRect(x - 0.5, place.box.y + axisHeight, 1, place.box.h - axisHeight);
      pen.fillStyle = theme.muted;
      pen.fillText(momentText(tick, step), x, place.box.y + axisHeight / 2);
    }
  }

  #faultStrip() {
    const { pen, place, run, view } = this;
    pen.font = font(11);
    pen.textAlign = 'left';
    for (const fault of run.faults) {
      if (fault.to < view.from || fault.from > view.to || fault.row >= place.rows) continue;
      const x0 = Math.max(this.x(fault.from), place.left - 4);
      const x1 = Math.min(this.x(fault.to), place.left + place.width + 4);
      const y = place.box.y + axisHeight + fault.row * 16 + 3;
      const chosen = this.look.fault === fault;
      pen.fillStyle = chosen ? theme.ink : theme['fault-back'];
      pen.beginPath();
      pen.roundRect(x0, y, Math.max(2, x1 - x0), 14, 4);
      pen.fill();
      pen.fillStyle = chosen ? theme.paper : theme.fault;
      // What does not fit stands behind the bar, as far as the next one.
      const width = pen.measureText(fault.label).width;
      const inside = x1 - x0 >= Math.min(width + 10, 90);
      const room = inside ? x1 - x0 - 3 : Math.max(0, this.x(fault.free) - x1 - 6);
      pen.save();
      pen.beginPath();
      pen.rect(inside ? x0 : x1, y, room, 14);
      pen.clip();
      if (!inside) pen.fillStyle = theme.fault;
      pen.fillText(fault.label, (inside ? x0 : x1) + (inside ? 6 : 4), y + 7.5);
      pen.restore();
    }
  }

  // A cut: each side has its hatch and its tint for as long as it lasts.
  #partitions() {
    const { pen, place, run, view } = this;
    const [first, last] = this.visibleNodes();
    for (const fault of run.faults) {
      if (!fault.sides || fault.to < view.from || fault.from > view.to) continue;
      const x0 = this.x(Math.max(fault.from, view.from));
      const x1 = this.x(Math.min(fault.to, view.to));
      for (let node = first; node <= last; ++node) {
        const side = fault.sides[node];
        if (side < 0) continue;
        const y = place.y(node) - place.row / 2;
        const tint = theme[`group-${side % 4}`];
        pen.fillStyle = tint;
        pen.globalAlpha = theme.dark ? 0.15 : 0.11;
        if (fault.whole) pen.fillRect(x0, y, x1 - x0, place.row);
        pen.globalAlpha = theme.dark ? 0.26 : 0.22;
        pen.fillStyle = hatch(pen, side, tint);
        pen.fillRect(x0, y, x1 - x0, place.row);
        pen.globalAlpha = 1;
      }
      pen.fillStyle = theme.faint;
      for (const at of [fault.from, fault.to]) {
        if (at >= view.from && at <= view.to) {
          pen.fillRect(Math.round(this.x(at)), place.top - 2, 1, place.height + 6);
        }
      }
    }
  }

  // A ribbon beside the lane, as wide as the node's wall clock is off: above fast, below slow.
  #skews() {
    const { pen, place, run, view } = this;
    if (!(run.skewMax > 0) || place.row < 20) return;
    const [first, last] = this.visibleNodes();
    const reach = place.row * 0.34;
    const size = (by) => Math.sign(by) * reach * Math.sqrt(Math.abs(by) / run.skewMax);
    for (let node = first; node <= last; ++node) {
      const track = run.skews[node];
      if (!track || track.at.length === 0) continue;
      const y = place.y(node);
      const times = [view.from, ...track.at.filter((at) => at > view.from && at < view.to), view.to];
      pen.beginPath();
      pen.moveTo(this.x(view.from), y);
      times.forEach((at, i) => {
        if (i > 0) pen.lineTo(this.x(at), y - size(run.skewAt(node, at - 1) ?? 0));
        pen.lineTo(this.x(at), y - size(run.skewAt(node, at) ?? 0));
      });
      pen.lineTo(this.x(view.to), y);
      pen.closePath();
      pen.globalAlpha = theme.dark ? 0.2 : 0.17;
      pen.fillStyle = theme.skew;
      pen.fill();
      pen.globalAlpha = 0.5;
      pen.strokeStyle = theme.skew;
      pen.lineWidth = 0.7;
      pen.stroke();
      pen.globalAlpha = 1;
    }
  }

  // The lane itself: its colour is the state. A gap where the node was down, a frame where it stood.
  #bars() {
    const { pen, place, run, view } = this;
    const [first, last] = this.visibleNodes();
    const step = (view.to - view.from) / place.width;
    const sampled = new Sampled(run.statesFor(this.look.key), view.from, step,
      Math.ceil(place.width), run.end);
    for (let node = first; node <= last; ++node) {
      const y = place.y(node) - place.bar / 2;
      sampled.each(node, (begin, end, color) => {
        pen.fillStyle = color;
        pen.fillRect(place.left + begin, y, end - begin, place.bar);
      });
      this.#gaps(node, y);
    }
  }

  #gaps(node, y) {
    const { pen, place, run, view } = this;
    for (const gap of run.gaps[node]) {
      if (gap.to < view.from || gap.from > view.to) continue;
      const x0 = Math.max(this.x(gap.from), place.left - 2);
      const x1 = Math.min(this.x(gap.to), place.left + place.width + 2);
      if (gap.kind === 'down') {
        pen.strokeStyle = theme.faint;
        pen.setLineDash([2, 4]);
        pen.lineWidth = 1;
        pen.beginPath();
        pen.moveTo(x0, place.y(node));
        pen.lineTo(x1, place.y(node));
        pen.stroke();
        pen.setLineDash([]);
      } else {
        pen.fillStyle = theme.panel;
        pen.globalAlpha = 0.72;
        pen.fillRect(x0, y + 1, x1 - x0, place.bar - 2);
        pen.globalAlpha = 1;
        pen.fillStyle = hatch(pen, 3, theme.muted);
        pen.fillRect(x0, y, x1 - x0, place.bar);
      }
      if (x1 - x0 > 46 && place.row >= 26) {
        pen.font = font(10.5);
        pen.textAlign = 'center';
        pen.fillStyle = theme.muted;
        pen.fillText(gap.kind === 'down' ? gap.word : 'paused', (x0 + x1) / 2,
          place.y(node) - place.bar / 2 - 6);
      }
    }
  }

  #messages() {
    const { run, view, look, place, pen } = this;
    const m = run.messages;
    const [first, last] = this.visibleNodes();
    const shown = fateNames.map((name) => look.fates.has(name));
    const chosen = fateNames.map(() => []);
    let seen = 0;
    run.eachMessage(view.from, view.to, (i) => {
      if (!shown[m.fate[i]]) return;
      if (Math.max(m.from[i], m.to[i]) < first || Math.min(m.from[i], m.to[i]) > last) return;
      ++seen;
      chosen[m.fate[i]].push(i);
    });
    const cone = look.cone;
    let drawn = 0;
    fateNames.forEach((name, f) => {
      const list = chosen[f];
      const limit = Math.max(120, Math.floor(linesMax * list.length / Math.max(seen, 1)));
      const every = Math.max(1, Math.ceil(list.length / limit));
      const style = fates[name];
      pen.strokeStyle = theme[name];
      pen.lineWidth = style.width;
      const crowd = Math.min(1, Math.max(0.35, 150 / Math.max(1, list.length)));
      pen.globalAlpha = cone || look.marks ? 0.13 : style.alpha * crowd;
      pen.setLineDash(list.length < 900 && every === 1 ? style.dash : []);
      this.#strokeAll(list, every);
      drawn += Math.ceil(list.length / every);
      pen.setLineDash([]);
      if (m.ends[f] && list.length < 500) {
        for (const i of list) lineEnd(pen, name, ...this.#tip(i));
      }
    });
    pen.globalAlpha = 1;
    if (cone) this.#coneLines(chosen, cone);
    if (look.selection?.message >= 0) this.#strongLine(look.selection.message);
    return { seen, drawn, every: drawn < seen ? Math.round(seen / drawn) : 1, row: place.row };
  }

  // Where a line ends: at its arrival, or on its way for those that did not arrive.
  #tip(i) {
    const m = this.run.messages;
    const y0 = this.place.y(m.from[i]);
    const y1 = this.place.y(m.to[i]);
    return [this.x(m.end[i]), y0 + (y1 - y0) * m.reach[i]];
  }

  #segment(i) {
    const m = this.run.messages;
    const [x, y] = this.#tip(i);
    this.pen.moveTo(this.x(m.sent[i]), this.place.y(m.from[i]));
    this.pen.lineTo(x, y);
  }

  #coneLines(chosen, cone) {
    const { pen, run } = this;
    const m = run.messages;
    for (const [marks, color] of [[cone.past, theme.past], [cone.future, theme.future]]) {
      const inside = [];
      for (const list of chosen) {
        for (const i of list) {
          if (m.arrival[i] >= 0 && marks[m.event[i]] && marks[m.arrival[i]]) inside.push(i);
        }
      }
      const every = Math.ceil(inside.length / coneLinesMax);
      pen.strokeStyle = color;
      pen.lineWidth = 1.4;
      pen.globalAlpha = Math.min(0.8, Math.max(0.3, 60 / Math.max(1, inside.length)));
      this.#strokeAll(inside, every);
    }
    pen.globalAlpha = 1;
  }

  // In batches: one path of thousands of crossing lines takes far longer than many short ones.
  #strokeAll(list, every) {
    const { pen } = this;
    pen.beginPath();
    for (let k = 0, batch = 1; k < list.length; k += every, ++batch) {
      this.#segment(list[k]);
      if (batch % 64 !== 0) continue;
      pen.stroke();
      pen.beginPath();
    }
    pen.stroke();
  }

  #strongLine(i) {
    const { pen, run } = this;
    const name = fateNames[run.messages.fate[i]];
    pen.strokeStyle = theme[name];
    pen.lineWidth = 3;
    pen.setLineDash(fates[name].dash.map((n) => n * 1.5));
    pen.beginPath();
    this.#segment(i);
    pen.stroke();
    pen.setLineDash([]);
    pen.lineWidth = 1.6;
    if (run.messages.ends[run.messages.fate[i]]) lineEnd(pen, name, ...this.#tip(i));
  }

  #events() {
    const { run, view, place, look } = this;
    const [first, last] = this.visibleNodes();
    let seen = 0;
    const spans = [];
    for (let node = first; node <= last; ++node) {
      const mine = run.eventsOf[node];
      const a = lowest(run.at, mine, view.from);
      const b = lowest(run.at, mine, view.to + 1);
      spans.push([node, a, b]);
      seen += b - a;
    }
    const few = seen <= marksMax;
    for (const [node, a, b] of spans) {
      if (few) this.#marks(node, a, b); else this.#profile(node, a, b);
    }
    if (!few && look.marks) {
      for (const [node, a, b] of spans) this.#marks(node, a, b, (i) => look.marks[i]);
    }
    this.#important(spans, few);
    if (look.selection?.event >= 0) this.#ring(look.selection.event);
    return { seen, few, place };
  }

  // What must be seen at any scale: stops, starts, violations.
  #important(spans, few) {
    if (few) return;
    const { run } = this;
    for (const [node, a, b] of spans) {
      this.#marks(node, a, b, (i) => run.important[run.kind[i]]);
    }
  }

  #marks(node, a, b, only) {
    const { pen, run, place, look } = this;
    const mine = run.eventsOf[node];
    const y = place.y(node);
    const r = Math.max(1.6, Math.min(4.4, place.row * 0.1));
    let lastX = -9;
    for (let k = a; k < b; ++k) {
      const i = mine[k];
      if (only && !only(i)) continue;
      const x = this.x(run.at[i]);
      const kind = run.kinds[run.kind[i]];
      const found = look.marks && look.marks[i];
      const inCone = look.cone && (look.cone.past[i] ? 'past' : look.cone.future[i] ? 'future' : null);
      const plain = kindOf(kind) === 'deliver' || kind === 'timer' || kind === 'sync';
      if (plain && !found && !inCone && x - lastX < 1.5) continue;
      lastX = x;
      pen.globalAlpha = (look.cone && !inCone) || (look.marks && !found && !inCone) ? 0.22 : 1;
      pen.beginPath();
      if (inCone) glyphs[inCone](pen, x, y, r * (plain ? 0.95 : 1.3));
      else glyphOf(kind)(pen, x, y, r);
      pen.fillStyle = inCone ? theme[inCone] : kind === 'violation' || kind === 'stop' ? theme.bad
        : plain ? theme.ink : theme.panel;
      pen.fill();
      if (!plain || inCone) {
        pen.strokeStyle = inCone ? theme.panel : kind === 'violation' || kind === 'stop'
          ? theme.panel : theme.ink;
        pen.lineWidth = inCone ? 0.8 : 1.5;
        pen.stroke();
      }
      if (!found) continue;
      pen.beginPath();
      pen.arc(x, y, r + 3.5, 0, 7);
      pen.strokeStyle = theme.ink;
      pen.lineWidth = 1.5;
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  // How much happened, above the lane.
  #profile(node, a, b) {
    const { pen, run, place, view, look } = this;
    const mine = run.eventsOf[node];
    const columns = Math.ceil(place.width / 2);
    const all = new Uint16Array(columns);
    const past = new Uint16Array(columns);
    const future = new Uint16Array(columns);
    const scale = columns / (view.to - view.from);
    let most = 1;
    for (let k = a; k < b; ++k) {
      const i = mine[k];
      const c = Math.min(columns - 1, Math.max(0, Math.floor((run.at[i] - view.from) * scale)));
      ++all[c];
      if (look.cone?.past[i]) ++past[c];
      else if (look.cone?.future[i]) ++future[c];
    }
    // A few columns may be off the scale, so that the others can be read.
    most = Math.max(2, [...all].filter((n) => n > 0).sort((x, y) => x - y)[
      Math.floor(all.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0) * 0.97)] ?? most);
    const base = place.y(node) - place.bar / 2 - 1;
    const unit = Math.max(1, place.row * 0.36 - place.bar / 2) / most;
    for (const [counts, color, alpha] of [[all, theme.muted, look.cone ? 0.25 : 0.55],
      [past, theme.past, 0.9], [future, theme.future, 0.9]]) {
      pen.fillStyle = color;
      pen.globalAlpha = alpha;
      for (let c = 0; c < columns; ++c) {
        if (counts[c] > 0) {
          const tall = Math.min(counts[c], most) * unit;
          pen.fillRect(place.left + c * 2, base - tall, 2, tall);
        }
      }
    }
    pen.globalAlpha = 1;
  }

  #ring(event) {
    const { pen, run, place } = this;
    pen.beginPath();
    pen.arc(this.x(run.at[event]), place.y(run.node[event]), Math.max(7, place.bar * 0.85), 0, 7);
    pen.strokeStyle = theme.ink;
    pen.lineWidth = 2;
    pen.stroke();
  }

  #phases() {
    const { pen, place, run, view } = this;
    pen.font = font(10.5, 600);
    pen.textAlign = 'left';
    for (const mark of run.marks) {
      if (mark.at < view.from || mark.at > view.to) continue;
      const x = Math.round(this.x(mark.at));
      pen.fillStyle = mark.bad ? theme.bad : theme.good;
      pen.fillRect(x, place.top - 2, mark.bad ? 2 : 1.5, place.height + 8);
      const width = pen.measureText(mark.text).width + 10;
      const left = Math.min(x, place.left + place.width - width);
      pen.beginPath();
      pen.roundRect(left, place.top - 2 + 15 * (mark.row ?? 0), width, 14, [0, 4, 4, 0]);
      pen.fill();
      pen.fillStyle = theme.panel;
      pen.fillText(mark.text, left + 5, place.top + 5.5 + 15 * (mark.row ?? 0));
    }
  }

  #cursor() {
    const { pen, place, look } = this;
    const x = Math.round(this.x(look.cursor)) + 0.5;
    pen.strokeStyle = theme.ink;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, place.box.y);
    pen.lineTo(x, place.box.y + place.box.h);
    pen.stroke();
  }

  #gutter() {
    const { pen, place, run, look } = this;
    const [first, last] = this.visibleNodes();
    const held = run.heldAt(look.key, look.cursor);
    pen.save();
    pen.beginPath();
    pen.rect(place.box.x, place.top - 2, gutter, place.height + 8);
    pen.clip();
    pen.textBaseline = 'middle';
    const size = Math.max(8, Math.min(13, place.row * 0.8));
    const every = Math.ceil(11 / place.row);
    for (let node = first; node <= last; node += every) {
      const y = place.y(node);
      const gap = run.gapAt(node, look.cursor);
      pen.fillStyle = gap?.kind === 'down' ? theme.line : held.color(node);
      const tall = Math.min(16, place.row * 0.7);
      pen.fillRect(place.box.x + 12, y - tall / 2, 5, tall);
      pen.font = font(size, 600);
      pen.textAlign = 'left';
      pen.fillStyle = gap ? theme.faint : theme.ink;
      pen.fillText(clipped(run.nodes[node], 9), place.box.x + 24, gap && place.row > 30 ? y - 6 : y);
      if (gap && place.row > 30) {
        pen.font = font(10.5);
        pen.fillText(gap.kind === 'down' ? 'down' : 'paused', place.box.x + 24, y + 7);
      }
    }
    pen.restore();
    if (run.label) {
      pen.font = font(11, 700);
      pen.textAlign = 'left';
      pen.fillStyle = theme.muted;
      pen.fillText(run.label, place.box.x + 12, place.box.y + axisHeight / 2);
    }
  }

  // What is under the pointer: { event }, { message } or { fault }; null: nothing.
  hit(x, y) {
    const { place, run, look, view } = this;
    if (!place || x < place.left - 4) return null;
    if (y < place.top - 2) return this.#hitFault(x, y);
    const node = Math.floor((y - place.top + place.scroll) / place.row);
    if (node >= 0 && node < run.nodes.length && Math.abs(y - place.y(node)) <=
        Math.max(7, place.bar)) {
      const event = run.nearest(node, this.time(x));
      if (event >= 0 && Math.abs(this.x(run.at[event]) - x) <= 6) {
        return { event: this.#loudest(node, event, x), message: -1 };
      }
    }
    const m = run.messages;
    let best = null;
    let least = 5;
    const slack = (view.to - view.from) / place.width * 6;
    run.eachMessage(this.time(x) - slack, this.time(x) + slack, (i) => {
      if (!look.fates.has(fateNames[m.fate[i]])) return;
      const [x1, y1] = this.#tip(i);
      const far = toSegment(x, y, this.x(m.sent[i]), place.y(m.from[i]), x1, y1);
      if (far >= least) return;
      least = far;
      best = i;
    });
    return best === null ? null : { event: -1, message: best };
  }

  // Of events that lie on one another, the one that says most.
  #loudest(node, event, x) {
    const { run } = this;
    const mine = run.eventsOf[node];
    let best = event;
    let most = run.loudness[run.kind[event]];
    for (let k = Math.max(0, lowest(run.at, mine, this.time(x - 5))); k < mine.length; ++k) {
      const i = mine[k];
      if (this.x(run.at[i]) > x + 5) break;
      if (run.loudness[run.kind[i]] > most) {
        most = run.loudness[run.kind[i]];
        best = i;
      }
    }
    return best;
  }

  #hitFault(x, y) {
    const row = Math.floor((y - this.place.box.y - axisHeight - 3) / 16);
    const time = this.time(x);
    const fault = this.run.faults.find((one) => one.row === row && one.from <= time &&
      time <= one.to);
    return fault ? { event: -1, message: -1, fault } : null;
  }
}

// The place in `order` of the first event that is not before `time`.
function lowest(at, order, time) {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[order[middle]] < time) low = middle + 1; else high = middle;
  }
  return low;
}

function toSegment(x, y, x0, y0, x1, y1) {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const size = dx * dx + dy * dy;
  const t = size === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / size));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}
