// The ground of the lanes: one run in one box of the canvas, time from left to right, a lane for
// each node. Its colour is the state; around it the partitions, the clocks and the faults.

const gutter = 84;         // names of nodes
const axisHeight = 22;
const skewUsual = 5e8;      // ns; ribbons are no wider for less

// What of the box belongs to what.
function layoutOf(run, box, scroll) {
  const count = run.nodes.length;
  const rows = Math.min(run.faultRows, 5);
  const strip = rows === 0 ? 0 : rows * 16 + 6;
  const top = box.y + axisHeight + strip;
  const height = Math.max(10, box.y + box.h - top - 6);
  const row = Math.max(count > 40 ? 9 : 13, height / count);
  const overflow = Math.max(0, row * count - height);
  return {
    box, strip, rows, top, height, row, overflow, scroll: Math.min(scroll, overflow),
    left: box.x + gutter, width: Math.max(10, box.w - gutter - 10),
    bar: Math.max(3, Math.min(15, row * 0.26)),
    y(node) { return this.top + row * (node + 0.5) - this.scroll; },
  };
}

class Ground {
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

  visibleNodes() {
    const { place } = this;
    const first = Math.max(0, Math.floor(place.scroll / place.row));
    const last = Math.min(this.run.nodes.length - 1,
      Math.ceil((place.scroll + place.height) / place.row));
    return [first, last];
  }

  // What lies under messages and events; then finish() draws what lies over them.
  begin(pen, box, look) {
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
  }

  finish() {
    this.#phases();
    this.#cursor();
    this.pen.restore();
    this.#gutter();
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
    const most = Math.max(run.skewMax, skewUsual);
    const size = (by) => Math.sign(by) * reach * Math.sqrt(Math.abs(by) / most);
    for (let node = first; node <= last; ++node) {
      const track = run.skews[node];
      if (!track || track.at.length === 0) continue;
      const y = place.y(node);
      const end = Math.min(view.to, run.end);
      const times = [view.from, ...track.at.filter((at) => at > view.from && at < end), end];
      pen.beginPath();
      pen.moveTo(this.x(view.from), y);
      times.forEach((at, i) => {
        if (i > 0) pen.lineTo(this.x(at), y - size(run.skewAt(node, at - 1) ?? 0));
        pen.lineTo(this.x(at), y - size(run.skewAt(node, at) ?? 0));
      });
      pen.lineTo(this.x(end), y);
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

  // The lane itself: its colour is the state. A gap where the node was down, bars where it
  // stood.
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
      pen.fillText(clipped(run.nodes[node], 9), place.box.x + 24,
        gap && place.row > 30 ? y - 6 : y);
      if (gap && place.row > 30) {
        pen.font = font(10.5);
        pen.fillText(gap.kind === 'down' ? 'down' : 'paused', place.box.x + 24, y + 7);
      }
    }
    pen.restore();
    if (run.label) {
      pen.font = font(11, 700);
      pen.textAlign = 'left';
      pen.fillStyle = theme.panel;
      const width = pen.measureText(run.label).width + 20;
      pen.fillRect(place.box.x, place.box.y + 1, width, axisHeight - 1);
      pen.fillStyle = theme.muted;
      pen.fillText(run.label, place.box.x + 12, place.box.y + axisHeight / 2);
    }
  }
}
