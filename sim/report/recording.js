// From a recording of rejoin-sim (docs/simulation.md has its form) to the columns of a Run. All
// that one node did in one event of the run is one event here; what it sent, wrote and came to
// hold is listed in it.

const globalWhats = new Set(['fault_begins', 'fault_ends', 'phase']);
const messageWhats = new Set(['bite', 'lost', 'held']);
// Which of the things that happened in one event names it.
const loud = ['violation', 'stop', 'start', 'leave', 'pause', 'resume', 'transaction', 'clock',
  'deliver', 'checkpoint', 'sync', 'timer'];
const lateFactor = 3;
const wallBeginsMs = 1.7e12;  // what a right wall clock shows when a run begins

class Reader {
  constructor(recording) {
    this.recording = recording;
    this.rows = recording.events;
    const at = Object.fromEntries(recording.columns.map((name, i) => [name, i]));
    this.c = at;
    this.names = Array.from({ length: recording.nodes }, (_, i) =>
      recording.node_names?.[i] ?? `n${i}`);
    this.faultNames = recording.faults.map((fault) => String(fault.name));
  }

  text(row) { return String(this.recording.texts[row[this.c.text]] ?? ''); }
  by(row) { return this.faultNames[row[this.c.fault]] ?? ''; }

  columns() {
    this.#group();
    this.#follow();
    return {
      nodes: this.names,
      at: this.at, node: this.node, kind: this.kind, kinds: loud.concat('other'),
      loudness: loud.concat('other').map((_, i) => loud.length - i),
      important: loud.concat('other').map((name) => ['violation', 'stop', 'start', 'leave']
        .includes(name)),
      end: this.end,
      messages: this.#messages(),
      states: this.states, stateNames: this.stateNames,
      gaps: this.gaps, skews: this.skews, skewMax: this.skewMax,
      keys: this.keys, delays: this.delays, growth: this.growth, marks: this.marks,
      writes: this.writes,
      ...this.#faults(),
      outcome: this.recording.outcome, scenario: String(this.recording.scenario),
      receipts: receiptsOf(this.recording.outcome),
      textOf: (event) => this.linesOf(event).join('  '),
      effectsOf: (event) => this.linesOf(event),
      headingOf: (event) => this.#heading(event),
    };
  }

  // Rows to events: those of one node in one event of the run.
  #group() {
    const { c, rows } = this;
    const at = [];
    const node = [];
    const kind = [];
    this.eventOfRow = new Int32Array(rows.length).fill(-1);
    let happening = -1;
    const open = new Map();
    rows.forEach((row, r) => {
      const who = row[c.node];
      if (row[c.event] !== happening) {
        happening = row[c.event];
        open.clear();
      }
      if (who === null || globalWhats.has(row[c.what]) || messageWhats.has(row[c.what])) return;
      let event = open.get(who);
      if (event === undefined) {
        event = at.length;
        open.set(who, event);
        at.push(row[c.at]);
        node.push(who);
        kind.push(loud.length);
      }
      this.eventOfRow[r] = event;
      const rank = loud.indexOf(row[c.what]);
      if (rank >= 0 && rank < kind[event]) kind[event] = rank;
    });
    this.at = Float64Array.from(at);
    this.node = Uint16Array.from(node);
    this.kind = Uint8Array.from(kind);
    this.end = Math.max(1, at.length > 0 ? at[at.length - 1] : 1,
      rows.length > 0 ? rows[rows.length - 1][c.at] : 1);
    this.#rowsByEvent();
  }

  #rowsByEvent() {
    const starts = new Int32Array(this.at.length + 1);
    for (const event of this.eventOfRow) if (event >= 0) ++starts[event + 1];
    for (let i = 0; i < this.at.length; ++i) starts[i + 1] += starts[i];
    this.rowStart = starts;
    this.rowList = new Int32Array(starts[this.at.length]);
    const next = starts.slice();
    this.eventOfRow.forEach((event, r) => { if (event >= 0) this.rowList[next[event]++] = r; });
  }

  // What changes over time: states, values, gaps, clocks, sightings, sizes.
  #follow() {
    const { c, rows } = this;
    const tracks = () => this.names.map(() => ({ at: [], id: [] }));
    const states = tracks();
    const stateIds = new Map();
    this.stateNames = [];
    this.gaps = this.names.map(() => []);
    this.skews = this.names.map(() => ({ at: [], by: [], rate: [], drifts: [] }));
    this.keys = new Map();
    this.keyNames = this.recording.keys.map((text) => String(this.recording.texts[text]));
    this.delays = [];
    this.growth = {
      values: this.names.map(() => ({ at: [], value: [] })),
      metadata: this.names.map(() => ({ at: [], value: [] })),
      disk: this.names.map(() => ({ at: [], value: [] })),
    };
    this.marks = [];
    this.writes = 0;
    const made = new Map();
    const last = this.names.map(() => -1);
    const open = this.names.map(() => null);
    const close = (node, time) => {
      if (open[node]) this.gaps[node].push({ ...open[node], to: time });
      open[node] = null;
    };
    const push = (node, time, id) => {
      states[node].at.push(time);
      states[node].id.push(id);
    };
    rows.forEach((row, r) => {
      const node = row[c.node];
      const time = row[c.at];
      const amount = row[c.amount];
      switch (row[c.what]) {
        case 'transaction': if (row[c.code] === 'committed') ++this.writes; break;
        case 'state': {
          if (!stateIds.has(amount)) {
            stateIds.set(amount, stateIds.size);
            this.stateNames.push(String(amount).slice(0, 6));
          }
          last[node] = stateIds.get(amount);
          push(node, time, last[node]);
          break;
        }
        case 'value': this.#value(row); break;
        case 'stop':
        case 'leave':
          close(node, time);
          open[node] = { kind: 'down', from: time, word: row[c.what] === 'leave' ? 'left'
            : { crash: 'crashed', wipe: 'wiped' }[this.text(row)] ?? 'down' };
          push(node, time, -1);
          break;
        case 'start':
          close(node, time);
          if (last[node] >= 0) push(node, time, last[node]);
          this.#grow('disk', node, time, amount);
          break;
        case 'pause':
          close(node, time);
          open[node] = { kind: 'paused', from: time, word: 'paused' };
          break;
        case 'resume': close(node, time); break;
        case 'sync': case 'checkpoint': this.#grow('disk', node, time, amount); break;
        case 'size':
          this.#grow('values', node, time, row[c.subject]);
          this.#grow('metadata', node, time, amount);
          break;
        case 'clock': {
          const skew = this.skews[node];
          skew.at.push(time);
          skew.by.push((amount - wallBeginsMs) * 1e6 - time);
          skew.drifts.push(/drift/.test(this.recording.faults[row[c.fault]]?.kind ?? ''));
          break;
        }
        case 'entry': made.set(row[c.subject], { time, node }); break;
        case 'visible': {
          const entry = made.get(row[c.subject]);
          if (!entry) break;
          this.delays.push({ by: time - entry.time, node, event: this.eventOfRow[r],
            word: `entry ${row[c.subject]} of ${this.names[entry.node]}` });
          break;
        }
        case 'phase':
          this.marks.push({ at: time, text: this.text(row), bad: false, row: 0 });
          break;
        case 'violation':
          this.marks.push({ at: time, text: `violation: ${clipped(this.text(row), 60)}`, bad: true,
            row: 1, event: this.eventOfRow[r] });
          break;
      }
    });
    this.names.forEach((_, node) => close(node, this.end));
    this.states = states.map((track) => ({ at: Float64Array.from(track.at),
      id: Int32Array.from(track.id) }));
    this.#skewRates();
  }

  #value(row) {
    const { c } = this;
    const key = this.keyNames[row[c.subject]] ?? '?';
    let tracks = this.keys.get(key);
    if (!tracks) {
      tracks = this.names.map(() => ({ at: [], value: [] }));
      this.keys.set(key, tracks);
    }
    tracks[row[c.node]].at.push(row[c.at]);
    tracks[row[c.node]].value.push(/^0+$/.test(row[c.amount]) ? '' : this.text(row));
  }

  #grow(name, node, time, value) {
    const track = this.growth[name][node];
    track.at.push(time);
    track.value.push(value);
  }

  // A clock stands still against time between its changes, unless it drifts: then it goes in a
  // straight line from the first reading of the drift to the next.
  #skewRates() {
    this.skewMax = 0;
    for (const skew of this.skews) {
      skew.rate = skew.by.map((by, i) => {
        if (!skew.drifts[i] || i + 1 >= skew.by.length || !skew.drifts[i + 1]) return 0;
        return (skew.by[i + 1] - by) / Math.max(1, skew.at[i + 1] - skew.at[i]);
      });
      for (const by of skew.by) this.skewMax = Math.max(this.skewMax, Math.abs(by));
    }
  }

  // One line for each copy of a message, in the order of sending.
  #messages() {
    const { c, rows, recording } = this;
    const count = recording.messages.length;
    const sends = new Int32Array(count).fill(-1);
    const faults = new Map();
    const copies = [];
    const arrived = new Uint8Array(count);
    const under = [];
    rows.forEach((row, r) => {
      const number = row[c.subject];
      switch (row[c.what]) {
        case 'send': sends[number] = r; break;
        case 'bite': case 'held':
          if (row[c.fault] === null || number === 0) break;
          if (!faults.has(number)) faults.set(number, new Set());
          faults.get(number).add(this.by(row));
          break;
        case 'deliver':
          copies.push([number, arrived[number] === 0 ? 0 : 2, row[c.at], this.eventOfRow[r], 1]);
          arrived[number] = 1;
          under.push(row[c.at] - (sends[number] >= 0 ? rows[sends[number]][c.at] : 0));
          break;
        case 'lost': copies.push([number, ...this.#lost(row, faults)]); break;
      }
    });
    const usual = under.length > 0 ? under.sort((a, b) => a - b)[under.length >> 1] : 1e6;
    const seen = new Uint8Array(count);
    for (const [number] of copies) seen[number] = 1;
    for (let i = 0; i < count; ++i) {
      if (sends[i] >= 0 && !seen[i]) copies.push([i, 5, null, -1, 0.7]);
    }
    copies.sort((a, b) => a[0] - b[0]);
    return this.#messageColumns(copies.filter(([number]) => sends[number] >= 0),
      { sends, faults, usual });
  }

  // fate, end, arrival, reach: how much of the way it went
  #lost(row, faults) {
    const { c } = this;
    const number = row[c.subject];
    const fault = this.recording.faults[row[c.fault]];
    if (fault) {
      if (!faults.has(number)) faults.set(number, new Set());
      faults.get(number).add(this.by(row));
    }
    if (row[c.code] === 'node_down') return [5, row[c.at], -1, 1];
    const cut = row[c.code] === 'on_arrival' || fault?.side || fault?.from;
    if (row[c.code] === 'on_arrival') return [4, row[c.at], -1, 0.8];
    return [cut ? 4 : 3, null, -1, cut ? 0.34 : 0.55];
  }

  #messageColumns(copies, { sends, faults, usual }) {
    const { c, rows, recording } = this;
    const n = copies.length;
    const m = {
      number: new Int32Array(n), sent: new Float64Array(n), end: new Float64Array(n),
      event: new Int32Array(n), arrival: new Int32Array(n), from: new Uint16Array(n),
      to: new Uint16Array(n), fate: new Uint8Array(n), bytes: new Float64Array(n),
      reach: new Float32Array(n), first: new Uint8Array(n),
      ends: fateNames.map((name) => ['dropped', 'cut', 'unheard'].includes(name)),
    };
    const links = new Map();
    copies.forEach(([number, fate, end, arrival, reach], i) => {
      const row = rows[sends[number]];
      m.number[i] = number;
      m.sent[i] = row[c.at];
      m.event[i] = this.eventOfRow[sends[number]];
      [m.from[i], m.to[i]] = recording.messages[number];
      m.fate[i] = fate;
      m.arrival[i] = arrival;
      m.reach[i] = reach;
      m.bytes[i] = row[c.amount];
      m.first[i] = i === 0 || copies[i - 1][0] !== number ? 1 : 0;
      m.end[i] = end === null ? Math.min(this.end, m.sent[i] + usual * reach)
        : m.sent[i] + (end - m.sent[i]) * (reach < 1 ? reach : 1);
      if (fate !== 0) return;
      const link = m.from[i] * 65536 + m.to[i];
      if (!links.has(link)) links.set(link, []);
      links.get(link).push(i);
    });
    for (const link of links.values()) {
      const delays = link.map((i) => m.end[i] - m.sent[i]).sort((a, b) => a - b);
      const limit = lateFactor * delays[delays.length >> 1];
      for (const i of link) if (m.end[i] - m.sent[i] > limit) m.fate[i] = 1;
    }
    m.kindName = (i) => String(rows[sends[m.number[i]]][c.code]);
    m.textOf = (i) => this.text(rows[sends[m.number[i]]]);
    m.faultOf = (i) => [...(faults.get(m.number[i]) ?? [])].join(', ');
    return m;
  }

  #faults() {
    const { recording, rows, c } = this;
    const targets = new Map();
    for (const row of rows) {
      if (row[c.what] === 'fault_begins' && row[c.fault] !== null) {
        targets.set(row[c.fault], this.text(row));
      }
    }
    const faults = recording.faults.map((fault, i) => ({
      index: i, name: this.faultNames[i], kind: String(fault.kind), from: fault.begin,
      to: Math.min(fault.end, this.end), sides: this.#sides(fault), whole: fault.side?.length > 0,
      label: `${this.faultNames[i]} ${targets.get(i) ?? ''}`.trim().replaceAll('->', '→'),
    })).filter((fault) => fault.from <= this.end);
    const ends = [];
    for (const fault of [...faults].sort((a, b) => a.from - b.from)) {
      let row = ends.findIndex((end) => end <= fault.from);
      if (row < 0) row = ends.length;
      ends[row] = fault.to + this.end * 0.002;
      fault.row = row;
    }
    for (const fault of faults) {
      const later = faults.filter((one) => one.row === fault.row && one.from > fault.from);
      fault.free = Math.min(...later.map((one) => one.from), this.end);
    }
    return { faults, faultRows: ends.length };
  }

  // A cut has a side for each node; -1: the node has no part in it.
  #sides(fault) {
    if (fault.side?.length > 0) return this.names.map((_, node) => fault.side[node] ?? -1);
    if (!(fault.from?.length > 0)) return null;
    return this.names.map((_, node) => (fault.from.includes(node) ? 2 : -1));
  }

  #heading(event) {
    const own = this.rowList.subarray(this.rowStart[event], this.rowStart[event + 1]);
    const name = loud[this.kind[event]];
    const row = [...own].map((r) => this.rows[r]).find((one) => one[this.c.what] === name);
    if (!row) return 'event';
    const { c } = this;
    switch (name) {
      case 'transaction': return `transaction ${row[c.subject]} ${row[c.code]}`;
      case 'deliver': {
        const [from] = this.recording.messages[row[c.subject]];
        return `received ${row[c.code]} from ${this.names[from]}`;
      }
      case 'timer': return 'a deadline';
      case 'sync': return 'synced';
      default: return { stop: 'stopped', start: 'started', pause: 'paused', resume: 'goes on',
        violation: 'violation', clock: 'its wall clock changed' }[name] ?? name;
    }
  }

  linesOf(event) {
    const lines = [];
    const own = this.rowList.subarray(this.rowStart[event], this.rowStart[event + 1]);
    for (const r of own) {
      const line = this.#line(this.rows[r]);
      if (line) lines.push(line);
    }
    return lines;
  }

  #line(row) {
    const { c } = this;
    const text = this.text(row);
    const amount = row[c.amount];
    switch (row[c.what]) {
      case 'transaction': return text ? text : '';
      case 'entry': return `makes ${text}`;
      case 'acknowledged': return `acknowledges entry ${row[c.subject]}`;
      case 'visible': return `sees entry ${row[c.subject]}`;
      case 'send': return '';  // listed with their fates
      case 'deliver': return `${row[c.code]}, ${durationText(amount)} under way`;
      case 'persist':
        return `writes; ${manyText(amount, 'record waits', 'records wait')} for a sync`;
      case 'sync': return `${manyText(amount, 'record is', 'records are')} on its disk`;
      case 'checkpoint': return `checkpoint of ${manyText(amount, 'record')}`;
      case 'start': return `with ${manyText(amount, 'record')} as ${text}`;
      case 'stop':
        return `by ${this.by(row)}; ${manyText(amount, 'record is', 'records are')} lost`;
      case 'clock': return `the wall clock ${text}`;
      case 'state': return `holds state ${String(amount).slice(0, 6)}`;
      case 'value': return `${this.keyNames[row[c.subject]] ?? '?'} = ${text}`;
      case 'timer': case 'pause': case 'resume': return '';
      default: return text;
    }
  }
}

function receiptsOf(outcome) {
  const known = new Set(['fault', 'kind', 'drawn', 'bites']);
  return (outcome.receipts ?? []).map((receipt) => ({
    fault: String(receipt.fault), kind: String(receipt.kind), drawn: receipt.drawn !== false,
    bites: receipt.bites ?? 0,
    cost: Object.entries(receipt).filter(([name, value]) => !known.has(name) &&
      typeof value === 'number').map(([name, value]) => costText(name, value)).join(', '),
  }));
}

function costText(name, value) {
  if (name === 'bytes') return bytesText(value);
  if (/nanoseconds|^ns$/.test(name)) return durationText(value);
  return `${countText(value)} ${name.replaceAll('_', ' ')}`;
}

function readRecording(recording) {
  if (recording?.format !== 'rejoin-sim recording' || recording.version !== 1) {
    throw new Error('This page reads recordings of rejoin-sim, version 1.');
  }
  return new Run(new Reader(recording).columns());
}
