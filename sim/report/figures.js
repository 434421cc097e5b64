// The panels of figures: faults and their receipts, traffic, freshness, size, and two runs.

function faultsPanel(app) {
  const parts = [];
  for (const run of app.runs) {
    parts.push(el('h2', {}, run.label ? `Receipts: ${run.label}` : 'What each fault really did'));
    parts.push(table(['fault', 'kind', '#bit', '#cost'], run.receipts.map((receipt) => ({
      className: !receipt.drawn ? 'off' : receipt.bites < 1 ? 'bad more' : 'more',
      on: { click: () => app.showFault(run, receipt.fault) },
      cells: [receipt.fault, receipt.kind,
        receipt.drawn ? countText(receipt.bites) : 'not drawn',
        receipt.drawn ? receipt.cost : ''],
    }))));
    if (run.receipts.length === 0) parts.push(el('p', { className: 'note' }, 'No fault.'));
    parts.push(el('p', { className: 'note' },
      'A fault that bit nothing proves nothing. "Not drawn": this seed left it out.'));
    if (run.faults.length > 0) parts.push(el('h2', {}, 'When'));
    parts.push(table(['fault', '#from', '#for'], run.faults.slice(0, 200).map((fault) => ({
      className: 'more',
      on: { click: () => app.showSpan(fault.from, fault.to, fault) },
      cells: [fault.label, momentText(fault.from, 1e6), durationText(fault.to - fault.from)],
    }))));
  }
  return parts;
}

function bigFigures(pairs) {
  return el('div', { className: 'big' }, pairs.map(([value, word]) =>
    el('div', {}, el('b', {}, value), el('span', {}, word))));
}

function trafficPanel(app) {
  const parts = [];
  for (const run of app.runs) {
    const m = run.messages;
    const kinds = new Map();
    let bytes = 0;
    let frames = 0;
    for (let i = 0; i < m.count; ++i) {
      if (!m.first[i]) continue;  // further copies were sent once
      ++frames;
      bytes += m.bytes[i];
      const kind = m.kindName(i);
      const sum = kinds.get(kind) ?? { frames: 0, bytes: 0 };
      ++sum.frames;
      sum.bytes += m.bytes[i];
      kinds.set(kind, sum);
    }
    const writes = Math.max(1, run.writes);
    if (run.label) parts.push(el('h2', {}, run.label));
    parts.push(bigFigures([[ratioText(frames / writes), 'messages per operation'],
      [bytesText(bytes / writes), 'bytes per operation'],
      [countText(run.writes), 'operations committed']]));
    parts.push(el('h2', {}, 'By what they carry'),
      table(['kind', '#sent', '#bytes', '#per op'], [...kinds]
        .sort((a, b) => b[1].bytes - a[1].bytes).map(([kind, sum]) => ({
          cells: [kind, countText(sum.frames), bytesText(sum.bytes),
            ratioText(sum.frames / writes)],
        }))));
    parts.push(el('h2', {}, 'By what became of them'),
      table(['fate', '#messages', '#of all'], fateNames.map((name, i) => ({
        cells: [name, countText(run.fateCounts[i]),
          `${(100 * run.fateCounts[i] / Math.max(1, m.count)).toFixed(1)} %`],
        title: fateMeaning[name],
      }))));
    if (run.nodes.length <= 40) parts.push(el('h2', {}, 'From row to column'), linkChart(run));
  }
  return parts;
}

// Which links carried how much; what did not arrive is the dark part of a cell.
function linkChart(run) {
  const count = run.nodes.length;
  const sent = new Float64Array(count * count);
  const lost = new Float64Array(count * count);
  const m = run.messages;
  for (let i = 0; i < m.count; ++i) {
    ++sent[m.from[i] * count + m.to[i]];
    if (m.arrival[i] < 0) ++lost[m.from[i] * count + m.to[i]];
  }
  const most = Math.max(1, ...sent);
  return chart(Math.min(300, 30 + count * 34), (pen, width, height) => {
    const cell = Math.min((width - 40) / count, (height - 24) / count);
    pen.font = font(10.5);
    pen.textBaseline = 'middle';
    for (let row = 0; row < count; ++row) {
      pen.textAlign = 'left';
      pen.fillStyle = theme.muted;
      if (cell > 9) pen.fillText(clipped(run.nodes[row], 6), 0, 20 + (row + 0.5) * cell);
      pen.textAlign = 'center';
      if (cell > 18) pen.fillText(clipped(run.nodes[row], 4), 40 + (row + 0.5) * cell, 9);
      for (let column = 0; column < count; ++column) {
        const value = sent[row * count + column];
        if (value === 0) continue;
        const x = 40 + column * cell;
        const y = 20 + row * cell;
        pen.globalAlpha = 0.15 + 0.6 * value / most;
        pen.fillStyle = theme.delivered;
        pen.fillRect(x, y, cell - 1.5, cell - 1.5);
        pen.globalAlpha = 1;
        const part = lost[row * count + column] / value;
        pen.fillStyle = theme.dropped;
        pen.fillRect(x, y + (cell - 1.5) * (1 - part), cell - 1.5, (cell - 1.5) * part);
        if (cell < 26) continue;
        pen.fillStyle = theme.ink;
        pen.fillText(`${value}`, x + cell / 2, y + cell / 2);
      }
    }
  }, 'Messages by link; the lower part of a cell is the share that did not arrive');
}

// A canvas that draws itself when it is shown and when the theme changes.
function chart(height, draw, label) {
  const canvas = el('canvas', {
    className: 'chart', role: 'img', 'aria-label': label, title: label,
  });
  canvas.style.height = `${height}px`;
  canvas.redraw = () => {
    const { context, width, height: tall } = prepared(canvas);
    draw(context, width, tall);
  };
  return canvas;
}

const quantiles = [['median', 0.5], ['90 %', 0.9], ['99 %', 0.99], ['most', 1]];
function quantile(sorted, q) {
  if (sorted.length === 0) return 0;
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)];
}

function freshnessPanel(app) {
  const parts = [];
  for (const run of app.runs) {
    const all = Float64Array.from(run.delays, (delay) => delay.by).sort();
    if (run.label) parts.push(el('h2', {}, run.label));
    if (all.length === 0) {
      parts.push(el('p', { className: 'note' }, 'Nothing was seen by another node.'));
      continue;
    }
    parts.push(bigFigures([['median', 0.5], ['99 of 100 within', 0.99], ['the slowest', 1]]
      .map(([word, q]) => [durationText(quantile(all, Math.max(q, 1e-9))), word])));
    parts.push(el('h2', {}, 'From made at one node to seen by another'), delayChart(all));
    parts.push(el('h2', {}, 'By the node that waits'));
    parts.push(table(['node', ...quantiles.map(([word]) => `#${word}`)], run.nodes.slice(0, 40)
      .map((name, node) => {
        const mine = Float64Array.from(run.delays.filter((delay) => delay.node === node),
          (delay) => delay.by).sort();
        return { cells: [name, ...quantiles.map(([, q]) => mine.length === 0 ? '' :
          durationText(quantile(mine, q)))] };
      })));
    parts.push(el('h2', {}, 'The slowest'));
    const slowest = [...run.delays].sort((a, b) => b.by - a.by).slice(0, 8);
    parts.push(table(['what', 'at', '#after'], slowest.map((delay) => ({
      cells: [jump(app, delay.word, run, delay.event), run.nodes[delay.node],
        durationText(delay.by)],
    }))));
  }
  return parts;
}

// How many had been seen after how long; time on a scale of tens.
function delayChart(sorted) {
  return chart(150, (pen, width, height) => {
    const low = Math.log10(Math.max(1e4, quantile(sorted, 0.001)));
    const high = Math.log10(Math.max(sorted[sorted.length - 1], 10 ** (low + 1)));
    const share = (by) => (Math.log10(Math.max(by, 10 ** low)) - low) / (high - low);
    const x = (by) => 34 + share(by) * (width - 44);
    const y = (part) => height - 20 - part * (height - 30);
    pen.font = font(10.5);
    pen.textBaseline = 'middle';
    for (const part of [0, 0.5, 1]) {
      pen.fillStyle = theme.grid;
      pen.fillRect(34, y(part), width - 44, 1);
      pen.fillStyle = theme.muted;
      pen.textAlign = 'right';
      pen.fillText(`${part * 100} %`, 30, y(part));
    }
    pen.textAlign = 'center';
    for (let power = Math.ceil(low); power <= high; ++power) {
      pen.fillStyle = theme.grid;
      pen.fillRect(x(10 ** power), 10, 1, height - 30);
      pen.fillStyle = theme.muted;
      pen.fillText(durationText(10 ** power), x(10 ** power), height - 8);
    }
    pen.beginPath();
    pen.moveTo(34, y(0));
    const every = Math.max(1, Math.floor(sorted.length / 600));
    for (let i = 0; i < sorted.length; i += every) {
      pen.lineTo(x(sorted[i]), y((i + 1) / sorted.length));
    }
    pen.lineTo(x(sorted[sorted.length - 1]), y(1));
    pen.strokeStyle = theme.accent;
    pen.lineWidth = 2;
    pen.stroke();
  }, 'The share of sightings within a time');
}

const growthWords = {
  values: 'Bytes of values', metadata: 'Bytes of contexts, which know what was seen',
  disk: 'Records on each disk',
};

function sizePanel(app) {
  const parts = [];
  for (const run of app.runs) {
    if (run.label) parts.push(el('h2', {}, run.label));
    for (const [name, tracks] of Object.entries(run.growth)) {
      if (tracks.every((track) => track.at.length === 0)) continue;
      parts.push(el('h2', {}, growthWords[name] ?? name), growthChart(run, tracks));
    }
    if (Object.values(run.growth).every((tracks) => tracks.every((t) => t.at.length === 0))) {
      parts.push(el('p', { className: 'note' }, 'This recording has no sizes.'));
    }
  }
  return parts;
}

function growthChart(run, tracks) {
  return chart(170, (pen, width, height) => {
    const most = tracks.reduce((a, track) =>
      track.value.reduce((b, value) => Math.max(b, value), a), 1);
    const x = (time) => 38 + time / run.end * (width - 66);
    const y = (value) => height - 20 - value / most * (height - 34);
    pen.font = font(10.5);
    pen.textBaseline = 'middle';
    for (const part of [0, 0.5, 1]) {
      pen.fillStyle = theme.grid;
      pen.fillRect(38, y(part * most), width - 66, 1);
      pen.fillStyle = theme.muted;
      pen.textAlign = 'right';
      pen.fillText(countText(part * most), 34, y(part * most));
    }
    pen.textAlign = 'center';
    const { step, ticks } = ticksOf(0, run.end, width - 66, 70);
    for (const tick of ticks) pen.fillText(momentText(tick, step), x(tick), height - 8);
    pen.textAlign = 'left';
    const taken = [];
    tracks.forEach((track, node) => {
      if (track.at.length === 0) return;
      const color = theme[`group-${node % 4}`];
      pen.strokeStyle = color;
      pen.setLineDash(node < 4 ? [] : [4, 2]);
      pen.lineWidth = 1.4;
      pen.beginPath();
      track.at.forEach((at, i) => {
        if (i === 0) pen.moveTo(x(at), y(track.value[i]));
        else pen.lineTo(x(at), y(track.value[i - 1]));
        pen.lineTo(x(at), y(track.value[i]));
      });
      const end = y(track.value[track.value.length - 1]);
      pen.lineTo(x(run.end), end);
      pen.stroke();
      if (taken.some((other) => Math.abs(other - end) < 10)) return;
      taken.push(end);
      pen.fillStyle = color;
      pen.fillText(clipped(run.nodes[node], 5), x(run.end) + 3, end);
    });
    pen.setLineDash([]);
  }, 'Growth over time, a line for each node');
}
