// What happened on the ground: messages and events. Only what lies in the window is drawn. Where it
// would be too much to read, lines become a sample (the status says which) and marks become a
// profile of how much happened.

const linesMax = 2400;     // messages drawn; more are sampled
const coneLinesMax = 800;  // of these, of a past or a future
const profileRow = 14;     // no profile on lanes that are lower
const marksMax = 3000;     // events drawn as marks; more become a profile

class Lanes extends Ground {
  // Returns what was seen and what was drawn, for the status line.
  draw(pen, box, look) {
    this.begin(pen, box, look);
    const lines = this.#messages();
    const marks = this.#events();
    this.finish();
    return { lines, marks };
  }


  // By fate, the messages in the window; kept for as long as the window stays, since a moving
  // cursor or another choice changes none of them.
  #inWindow() {
    const { run, view, look } = this;
    const m = run.messages;
    const [first, last] = this.visibleNodes();
    const window = [view.from, view.to, first, last, ...look.fates].join(' ');
    if (window === this.window) return this.chosen;
    const shown = Uint8Array.from(fateNames, (name) => (look.fates.has(name) ? 1 : 0));
    this.found ??= fateNames.map((_, f) => new Int32Array(run.fateCounts[f]));
    const counts = new Int32Array(fateNames.length);
    run.eachMessage(view.from, view.to, (i) => {
      const fate = m.fate[i];
      if (shown[fate] === 0 || (m.from[i] < first && m.to[i] < first)) return;
      if (m.from[i] > last && m.to[i] > last) return;
      this.found[fate][counts[fate]++] = i;
    });
    this.window = window;
    this.chosen = this.found.map((list, f) => list.subarray(0, counts[f]));
    return this.chosen;
  }

  #messages() {
    const { look, place, pen } = this;
    const m = this.run.messages;
    const chosen = this.#inWindow();
    const seen = chosen.reduce((sum, list) => sum + list.length, 0);
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
    const { pen } = this;
    if (this.coneOf !== cone || this.coneIn !== chosen) {
      this.coneOf = cone;
      this.coneIn = chosen;
      this.coneLists = [cone.past, cone.future].map((marks) => this.#within(chosen, marks));
    }
    this.coneLists.forEach((list, i) => {
      pen.strokeStyle = i === 0 ? theme.past : theme.future;
      pen.lineWidth = 1.4;
      pen.globalAlpha = Math.min(0.8, Math.max(0.3, 60 / Math.max(1, list.length)));
      this.#strokeAll(list, Math.ceil(list.length / coneLinesMax));
    });
    pen.globalAlpha = 1;
  }

  // Messages whose sending and arrival are both marked.
  #within(chosen, marks) {
    const m = this.run.messages;
    return chosen.flatMap((list) => [...list.filter((i) =>
      m.arrival[i] >= 0 && marks[m.event[i]] === 1 && marks[m.arrival[i]] === 1)]);
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
      if (few) this.#marks(node, a, b);
      else if (place.row >= profileRow) this.#profile(node, a, b);
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
      const inCone = look.cone?.past[i] ? 'past' : look.cone?.future[i] ? 'future' : null;
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
