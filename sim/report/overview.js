// The overview: the whole run as a barcode. A row for each node, coloured by its state, faults
// above, and below how many different states there are: the nearer to the line, the more agree.

class Overview {
  constructor(runs, view) {
    this.runs = runs;
    this.view = view;
    this.kept = null;
    this.keptFor = '';
  }

  x(time) { return gutter + time / this.view.end * this.width; }
  time(x) { return (x - gutter) / this.width * this.view.end; }

  draw(canvas, look) {
    const { context: pen, width, height } = prepared(canvas);
    this.width = Math.max(10, width - gutter - 10);
    const kept = `${width} ${height} ${look.key} ${theme.dark} ${window.devicePixelRatio}`;
    if (kept !== this.keptFor) {
      this.kept = document.createElement('canvas');
      this.kept.width = canvas.width;
      this.kept.height = canvas.height;
      const still = this.kept.getContext('2d');
      still.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
      const each = height / this.runs.length;
      this.runs.forEach((run, i) => this.#barcode(still, run, look.key, i * each, each));
      this.keptFor = kept;
    }
    pen.drawImage(this.kept, 0, 0, width, height);
    this.#window(pen, height, look);
  }

  #barcode(pen, run, key, top, height) {
    key = run.keys.has(key) ? key : null;
    const { agreement } = run.statesFor(key);
    const count = run.nodes.length;
    const faults = Math.min(run.faultRows, 3);
    const spark = Math.max(10, Math.min(26, height * 0.27));
    const y0 = top + 6 + faults * 4;
    const row = Math.max(0.5, (height - 12 - faults * 4 - spark) / count);
    const columns = Math.ceil(this.width);
    const step = this.view.end / this.width;

    for (const fault of run.faults) {
      if (fault.row >= 3) continue;
      pen.fillStyle = fault.sides ? theme['group-0'] : theme.faint;
      pen.globalAlpha = fault.sides ? 0.9 : 0.55;
      pen.fillRect(this.x(fault.from), top + 4 + fault.row * 4,
        Math.max(1.5, (fault.to - fault.from) / step), 2.5);
    }
    pen.globalAlpha = 1;
    const sampled = new Sampled(run.statesFor(key), 0, step, columns, run.end);
    const most = new Uint32Array(columns);
    for (let c = 0, i = 0; c < columns; ++c) {
      most[c] = agreement.different[i];
      while (i + 1 < agreement.at.length && agreement.at[i + 1] <= (c + 1) * step) {
        most[c] = Math.max(most[c], agreement.different[++i]);
      }
    }
    const { different, columns: last } = sampled;
    const gap = row > 5 ? 1 : 0;
    for (let node = 0; node < count; ++node) {
      sampled.each(node, (begin, end, color) => {
        pen.fillStyle = color;
        pen.fillRect(gutter + begin, y0 + node * row, end - begin, Math.max(0.6, row - gap));
      });
    }
    this.#spark(pen, { different, most, last }, top + height - 4, spark - 4, count);
    pen.font = font(10.5);
    pen.textBaseline = 'middle';
    pen.textAlign = 'left';
    pen.fillStyle = theme.muted;
    pen.fillText(run.label ? clipped(run.label, 12) : manyText(count, 'node'), 12, y0 + 6);
    pen.fillText('states', 12, top + height - spark / 2 - 2);
  }

  #spark(pen, { different, most, last }, base, height, count) {
    const unit = height / Math.max(1, Math.min(count, 12) - 1);
    pen.fillStyle = theme.line;
    pen.fillRect(gutter, base, this.width, 1);
    for (const [values, color, alpha] of [[most, theme.bad, 0.25], [different, theme.bad, 0.85]]) {
      pen.fillStyle = color;
      pen.globalAlpha = alpha;
      for (let c = 0; c < last; ++c) {
        const tall = Math.min(11, Math.max(0, values[c] - 1)) * unit;
        if (tall > 0) pen.fillRect(gutter + c, base - tall, 1, tall);
      }
    }
    pen.globalAlpha = 1;
  }

  #window(pen, height, look) {
    const x0 = this.x(Math.max(0, this.view.from));
    const x1 = this.x(Math.min(this.view.end, this.view.to));
    if (this.view.to - this.view.from < this.view.end * 0.995) {
      pen.fillStyle = theme.panel;
      pen.globalAlpha = theme.dark ? 0.62 : 0.66;
      pen.fillRect(gutter, 0, x0 - gutter, height);
      pen.fillRect(x1, 0, gutter + this.width - x1, height);
      pen.globalAlpha = 1;
      pen.strokeStyle = theme.accent;
      pen.lineWidth = 1.5;
      pen.strokeRect(x0, 1, Math.max(2, x1 - x0), height - 2);
    }
    pen.fillStyle = theme.ink;
    pen.fillRect(Math.round(this.x(look.cursor)), 0, 1, height);
    for (const run of this.runs) {
      for (const mark of run.marks) {
        if (!mark.bad) continue;
        pen.fillStyle = theme.bad;
        pen.fillRect(this.x(mark.at) - 1, 0, 2, height);
      }
    }
  }
}
